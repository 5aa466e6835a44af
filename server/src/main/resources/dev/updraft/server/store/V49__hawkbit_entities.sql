-- Who made what hawkBit's API shows, and who changed it last; empty and 0 = nobody since.
ALTER TABLE software_module ADD COLUMN creator TEXT NOT NULL DEFAULT '';
ALTER TABLE software_module ADD COLUMN changer TEXT NOT NULL DEFAULT '';
ALTER TABLE software_module ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE software_module ADD COLUMN locked SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE software_artifact ADD COLUMN creator TEXT NOT NULL DEFAULT '';
ALTER TABLE distribution_set ADD COLUMN creator TEXT NOT NULL DEFAULT '';
ALTER TABLE distribution_set ADD COLUMN changer TEXT NOT NULL DEFAULT '';
ALTER TABLE distribution_set ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE distribution_set ADD COLUMN locked SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE distribution_set ADD COLUMN valid SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE target_tag ADD COLUMN creator TEXT NOT NULL DEFAULT '';
ALTER TABLE target_tag ADD COLUMN changer TEXT NOT NULL DEFAULT '';
ALTER TABLE target_tag ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hawkbit_setting ADD COLUMN creator TEXT NOT NULL DEFAULT '';
ALTER TABLE hawkbit_setting ADD COLUMN created BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hawkbit_setting ADD COLUMN changer TEXT NOT NULL DEFAULT '';
ALTER TABLE hawkbit_setting ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;

-- address: as an operator gave it, or where the device came from last. installed_at: when 'installed' ended.
ALTER TABLE target ADD COLUMN address TEXT;
ALTER TABLE target ADD COLUMN target_group TEXT;
ALTER TABLE target ADD COLUMN target_type BIGINT;
ALTER TABLE target ADD COLUMN installed_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE target ADD COLUMN creator TEXT NOT NULL DEFAULT '';
ALTER TABLE target ADD COLUMN changer TEXT NOT NULL DEFAULT '';
ALTER TABLE target ADD COLUMN changed BIGINT NOT NULL DEFAULT 0;

-- least: artifacts that a module of the type must have to be complete; most: modules of the type that a set may have.
CREATE TABLE software_module_type (
    key         ${key},
    tenant      BIGINT NOT NULL REFERENCES tenant,
    type_key    TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    colour      TEXT,
    least       BIGINT NOT NULL DEFAULT 0,
    most        BIGINT NOT NULL DEFAULT 1,
    created     BIGINT NOT NULL,
    creator     TEXT NOT NULL DEFAULT '',
    changer     TEXT NOT NULL DEFAULT '',
    changed     BIGINT NOT NULL DEFAULT 0,
    deleted     SMALLINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX software_module_type_once ON software_module_type (tenant, type_key) WHERE deleted = 0;

CREATE TABLE distribution_set_type (
    key         ${key},
    tenant      BIGINT NOT NULL REFERENCES tenant,
    type_key    TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    colour      TEXT,
    created     BIGINT NOT NULL,
    creator     TEXT NOT NULL DEFAULT '',
    changer     TEXT NOT NULL DEFAULT '',
    changed     BIGINT NOT NULL DEFAULT 0,
    deleted     SMALLINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX distribution_set_type_once ON distribution_set_type (tenant, type_key) WHERE deleted = 0;

CREATE TABLE target_type (
    key         ${key},
    tenant      BIGINT NOT NULL REFERENCES tenant,
    type_key    TEXT NOT NULL,
    name        TEXT NOT NULL,
    description TEXT,
    colour      TEXT,
    created     BIGINT NOT NULL,
    creator     TEXT NOT NULL DEFAULT '',
    changer     TEXT NOT NULL DEFAULT '',
    changed     BIGINT NOT NULL DEFAULT 0,
    deleted     SMALLINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX target_type_once ON target_type (tenant, type_key) WHERE deleted = 0;

-- Module types of a set type.
CREATE TABLE distribution_set_type_part (
    type      BIGINT NOT NULL REFERENCES distribution_set_type,
    part      BIGINT NOT NULL REFERENCES software_module_type,
    mandatory SMALLINT NOT NULL,
    PRIMARY KEY (type, part)
);

-- Set types that targets of a target type take; without any they take all.
CREATE TABLE target_type_part (
    type BIGINT NOT NULL REFERENCES target_type,
    part BIGINT NOT NULL REFERENCES distribution_set_type,
    PRIMARY KEY (type, part)
);

CREATE TABLE distribution_set_tag (
    key         ${key},
    tenant      BIGINT NOT NULL REFERENCES tenant,
    name        TEXT NOT NULL,
    description TEXT,
    colour      TEXT,
    created     BIGINT NOT NULL,
    creator     TEXT NOT NULL DEFAULT '',
    changer     TEXT NOT NULL DEFAULT '',
    changed     BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant, name)
);
CREATE TABLE distribution_set_tagged (
    tag              BIGINT NOT NULL REFERENCES distribution_set_tag,
    distribution_set BIGINT NOT NULL REFERENCES distribution_set,
    PRIMARY KEY (tag, distribution_set)
);

-- What operators note at targets (by device), modules and sets; visible: told to devices, of modules only.
CREATE TABLE target_metadata (
    device  BIGINT NOT NULL,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    visible SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (device, name)
);
CREATE INDEX target_metadata_by_name ON target_metadata (name);
CREATE TABLE software_module_metadata (
    module  BIGINT NOT NULL REFERENCES software_module,
    name    TEXT NOT NULL,
    value   TEXT NOT NULL,
    visible SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (module, name)
);
CREATE TABLE distribution_set_metadata (
    distribution_set BIGINT NOT NULL REFERENCES distribution_set,
    name             TEXT NOT NULL,
    value            TEXT NOT NULL,
    visible          SMALLINT NOT NULL DEFAULT 0,
    PRIMARY KEY (distribution_set, name)
);

CREATE TABLE target_filter (
    key     ${key},
    tenant  BIGINT NOT NULL REFERENCES tenant,
    name    TEXT NOT NULL,
    query   TEXT NOT NULL,
    created BIGINT NOT NULL,
    creator TEXT NOT NULL DEFAULT '',
    changer TEXT NOT NULL DEFAULT '',
    changed BIGINT NOT NULL DEFAULT 0,
    UNIQUE (tenant, name)
);

-- Gives a set to every target that fits and never had it. filter: whose it is; null = its own, with a name and a query.
CREATE TABLE auto_assignment (
    key              ${key},
    tenant           BIGINT NOT NULL REFERENCES tenant,
    filter           BIGINT REFERENCES target_filter,
    name             TEXT,
    description      TEXT,
    query            TEXT,
    distribution_set BIGINT NOT NULL REFERENCES distribution_set,
    mode             TEXT NOT NULL,
    state            TEXT NOT NULL,
    start_at         BIGINT,
    created          BIGINT NOT NULL,
    creator          TEXT NOT NULL DEFAULT '',
    changer          TEXT NOT NULL DEFAULT '',
    changed          BIGINT NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX auto_assignment_of_filter ON auto_assignment (filter) WHERE filter IS NOT NULL;

-- What hawkBit says of a rollout that Updraft's options do not hold; parts is a JSON list, one for each group.
CREATE TABLE hawkbit_rollout (
    rollout     BIGINT PRIMARY KEY,
    description TEXT,
    query       TEXT NOT NULL,
    parts       TEXT NOT NULL,
    changer     TEXT NOT NULL DEFAULT '',
    changed     BIGINT NOT NULL DEFAULT 0,
    deleted     SMALLINT NOT NULL DEFAULT 0,
    remark      TEXT,
    decider     TEXT
);
