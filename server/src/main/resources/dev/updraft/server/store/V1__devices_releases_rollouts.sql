-- Times are milliseconds since 1970 (UTC). ${key} and ${bytes} are the column types of the database in use.

CREATE TABLE tenant (
    key  ${key},
    name TEXT NOT NULL UNIQUE
);
INSERT INTO tenant (name) VALUES ('default');

CREATE TABLE api_token (
    key     ${key},
    tenant  BIGINT NOT NULL REFERENCES tenant,
    name    TEXT NOT NULL,
    role    TEXT NOT NULL,
    hash    ${bytes} NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE device (
    key        ${key},
    tenant     BIGINT NOT NULL REFERENCES tenant,
    id         TEXT NOT NULL,
    token_hash ${bytes} NOT NULL,
    created    BIGINT NOT NULL,
    board      TEXT,
    digest     ${bytes},
    version    TEXT,
    room       BIGINT NOT NULL DEFAULT 0,
    can        BIGINT NOT NULL DEFAULT 0,
    trial      SMALLINT NOT NULL DEFAULT 0,
    counter    BIGINT NOT NULL DEFAULT 0,
    attributes TEXT NOT NULL DEFAULT '{}',
    UNIQUE (tenant, id)
);

-- Apart from device, because every check-in changes it: narrow rows, written in batches.
CREATE TABLE device_seen (
    device BIGINT PRIMARY KEY,
    at     BIGINT NOT NULL
);

CREATE TABLE report (
    key    ${key},
    device BIGINT NOT NULL,
    at     BIGINT NOT NULL,
    seq    BIGINT NOT NULL,
    event  TEXT NOT NULL,
    digest ${bytes},
    reason TEXT,
    detail TEXT
);
CREATE INDEX report_by_device ON report (device, key);
CREATE UNIQUE INDEX report_once ON report (device, seq) WHERE seq > 0;

CREATE TABLE artifact (
    tenant  BIGINT NOT NULL REFERENCES tenant,
    sha256  ${bytes} NOT NULL,
    size    BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (tenant, sha256)
);

CREATE TABLE release (
    key     ${key},
    tenant  BIGINT NOT NULL REFERENCES tenant,
    version TEXT NOT NULL,
    notes   TEXT NOT NULL,
    state   TEXT NOT NULL,
    created BIGINT NOT NULL,
    UNIQUE (tenant, version)
);

CREATE TABLE release_image (
    release BIGINT NOT NULL REFERENCES release,
    board   TEXT NOT NULL,
    digest  ${bytes} NOT NULL,
    sha256  ${bytes} NOT NULL,
    size    BIGINT NOT NULL,
    needs   BIGINT NOT NULL,
    counter BIGINT NOT NULL,
    PRIMARY KEY (release, board)
);

CREATE TABLE rollout (
    key     ${key},
    tenant  BIGINT NOT NULL REFERENCES tenant,
    release BIGINT NOT NULL REFERENCES release,
    state   TEXT NOT NULL,
    created BIGINT NOT NULL
);

-- One device moving to one image: the newest thing known about it.
CREATE TABLE device_update (
    device  BIGINT NOT NULL,
    digest  ${bytes} NOT NULL,
    rollout BIGINT NOT NULL,
    state   TEXT NOT NULL,
    reason  TEXT,
    started BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    PRIMARY KEY (device, digest)
);
CREATE INDEX device_update_by_rollout ON device_update (rollout, state);
