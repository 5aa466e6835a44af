-- What happened, for whoever listens: server-sent events and webhooks. xid and key together are the order in which readers see rows.
CREATE TABLE event (
    key    ${key},
    xid    ${xid},
    tenant BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    type   TEXT NOT NULL,
    data   TEXT NOT NULL
);
CREATE INDEX event_by_order ON event (tenant, xid, key);

-- seen_xid and seen_key: the last event that was delivered. failures counts those in a row; next_at is when it is tried again.
CREATE TABLE webhook (
    key      ${key},
    tenant   BIGINT NOT NULL REFERENCES tenant,
    name     TEXT NOT NULL,
    url      TEXT NOT NULL,
    secret   TEXT NOT NULL,
    types    TEXT NOT NULL,
    created  BIGINT NOT NULL,
    seen_xid BIGINT NOT NULL,
    seen_key BIGINT NOT NULL,
    failures BIGINT NOT NULL DEFAULT 0,
    next_at  BIGINT NOT NULL DEFAULT 0,
    problem  TEXT,
    UNIQUE (tenant, name)
);

CREATE TABLE device_group (
    tenant  BIGINT NOT NULL REFERENCES tenant,
    name    TEXT NOT NULL,
    filter  TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, name)
);

-- A person. Tokens that belong to one act in its name and never beyond its role.
CREATE TABLE api_user (
    key     ${key},
    tenant  BIGINT NOT NULL REFERENCES tenant,
    name    TEXT NOT NULL,
    role    TEXT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (tenant, name)
);
ALTER TABLE api_token ADD COLUMN api_user BIGINT REFERENCES api_user;
ALTER TABLE api_token ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_token ADD COLUMN expires BIGINT;
