-- Every time that a device is given an image. How far the newest attempt at an image is stands in device_update; state, reason and
-- changed are filled in here once another attempt takes its place there.
CREATE TABLE action (
    key       ${key},
    device    BIGINT NOT NULL,
    digest    ${bytes} NOT NULL,
    rollout   BIGINT NOT NULL,
    manner    TEXT NOT NULL,
    initiator TEXT NOT NULL,
    started   BIGINT NOT NULL,
    state     TEXT,
    reason    TEXT,
    changed   BIGINT
);
CREATE INDEX action_by_device ON action (device, key);
ALTER TABLE device_update ADD COLUMN action BIGINT NOT NULL DEFAULT 0;
ALTER TABLE device_update ADD COLUMN manner TEXT NOT NULL DEFAULT '{}';

-- What a hawkBit client told of an action, word for word; messages is a JSON list.
CREATE TABLE action_status (
    key      ${key},
    action   BIGINT NOT NULL,
    device   BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    type     TEXT NOT NULL,
    code     BIGINT,
    messages TEXT NOT NULL
);
CREATE INDEX action_status_by_action ON action_status (action, key);
CREATE INDEX action_status_by_device ON action_status (device);

-- What a release is made of where it is not one signed image a board: files of any format, by software module.
CREATE TABLE release_file (
    release  BIGINT NOT NULL REFERENCES release,
    module   BIGINT NOT NULL,
    part     TEXT NOT NULL,
    name     TEXT NOT NULL,
    version  TEXT NOT NULL,
    filename TEXT,
    sha256   ${bytes},
    size     BIGINT NOT NULL
);
CREATE INDEX release_file_by_release ON release_file (release);

-- hawkBit's clients check SHA-1 or MD5; both follow from the bytes.
CREATE TABLE artifact_hash (
    sha256 ${bytes} PRIMARY KEY,
    sha1   TEXT NOT NULL,
    md5    TEXT NOT NULL
);

-- What hawkBit knows of a device beyond what Updraft does. token: only where an operator set it or asked for it through hawkBit's
-- Management API, which hands it out again.
CREATE TABLE target (
    device            BIGINT PRIMARY KEY,
    name              TEXT,
    description       TEXT,
    token             TEXT,
    attributes_wanted SMALLINT NOT NULL DEFAULT 1,
    installed         BIGINT NOT NULL DEFAULT 0,
    auto_confirm      TEXT
);

-- hawkBit's tenant configuration; value is JSON.
CREATE TABLE hawkbit_setting (
    tenant BIGINT NOT NULL REFERENCES tenant,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
);

CREATE TABLE target_tag (
    key         ${key},
    tenant      BIGINT NOT NULL REFERENCES tenant,
    name        TEXT NOT NULL,
    description TEXT,
    colour      TEXT,
    created     BIGINT NOT NULL,
    UNIQUE (tenant, name)
);

CREATE TABLE software_module (
    key         ${key},
    tenant      BIGINT NOT NULL REFERENCES tenant,
    type        TEXT NOT NULL,
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    vendor      TEXT,
    description TEXT,
    created     BIGINT NOT NULL,
    deleted     SMALLINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX software_module_once ON software_module (tenant, type, name, version) WHERE deleted = 0;

CREATE TABLE software_artifact (
    key      ${key},
    module   BIGINT NOT NULL REFERENCES software_module,
    filename TEXT NOT NULL,
    sha256   ${bytes} NOT NULL,
    size     BIGINT NOT NULL,
    created  BIGINT NOT NULL,
    UNIQUE (module, filename)
);

-- release: what it became at its first assignment; it is fixed from then on.
CREATE TABLE distribution_set (
    key         ${key},
    tenant      BIGINT NOT NULL REFERENCES tenant,
    type        TEXT NOT NULL,
    name        TEXT NOT NULL,
    version     TEXT NOT NULL,
    description TEXT,
    created     BIGINT NOT NULL,
    release     BIGINT REFERENCES release,
    deleted     SMALLINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX distribution_set_once ON distribution_set (tenant, name, version) WHERE deleted = 0;

CREATE TABLE distribution_set_module (
    distribution_set BIGINT NOT NULL REFERENCES distribution_set,
    module           BIGINT NOT NULL REFERENCES software_module,
    PRIMARY KEY (distribution_set, module)
);
