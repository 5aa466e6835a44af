-- How an update of a device ended for a rollout whose place another rollout has taken in device_update: what was counted stays counted.
CREATE TABLE rollout_past (
    rollout  BIGINT NOT NULL,
    device   BIGINT NOT NULL,
    digest   ${bytes} NOT NULL,
    state    TEXT NOT NULL,
    reason   TEXT,
    attempts BIGINT NOT NULL,
    started  BIGINT NOT NULL,
    changed  BIGINT NOT NULL,
    PRIMARY KEY (rollout, device, digest)
);
CREATE INDEX rollout_past_by_device ON rollout_past (device);

-- Up to which place the devices that were there at 'since' are in the present stage.
ALTER TABLE rollout ADD COLUMN reach DOUBLE PRECISION;
ALTER TABLE rollout ADD COLUMN since BIGINT NOT NULL DEFAULT 0;
