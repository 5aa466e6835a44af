-- Every request that could change something: written before it is carried out, its outcome (HTTP status) after; 0 = the server
-- stopped in between.
CREATE TABLE audit (
    key     ${key},
    tenant  BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    who     TEXT NOT NULL,
    method  TEXT NOT NULL,
    path    TEXT NOT NULL,
    status  BIGINT NOT NULL
);
CREATE INDEX audit_by_tenant ON audit (tenant, key);

CREATE TABLE provisioning_key (
    key     ${key},
    tenant  BIGINT NOT NULL REFERENCES tenant,
    name    TEXT NOT NULL,
    hash    ${bytes} NOT NULL UNIQUE,
    tags    TEXT NOT NULL,
    created BIGINT NOT NULL
);
