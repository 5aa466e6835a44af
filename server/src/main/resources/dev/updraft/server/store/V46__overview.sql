-- How many devices ran what, sampled: versions is JSON, from version to devices.
CREATE TABLE fleet_history (
    tenant   BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    versions TEXT NOT NULL,
    PRIMARY KEY (tenant, at)
);

-- What ended lately, and how.
CREATE INDEX device_update_ended ON device_update (changed) WHERE state IN ('confirmed', 'rolled-back', 'refused', 'failed');
