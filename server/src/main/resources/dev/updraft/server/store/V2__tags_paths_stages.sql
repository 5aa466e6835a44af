ALTER TABLE device ADD COLUMN tags TEXT NOT NULL DEFAULT '[]';

-- Which versions may move to this release, as '>=1.2.0 <2.0.0'; empty = every lower one.
ALTER TABLE release ADD COLUMN from_versions TEXT NOT NULL DEFAULT '';

-- What was asked for never changes (terms, JSON); where it stands does.
ALTER TABLE rollout ADD COLUMN terms TEXT NOT NULL DEFAULT '{}';
ALTER TABLE rollout ADD COLUMN stage BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rollout ADD COLUMN reason TEXT;
ALTER TABLE rollout ADD COLUMN creator TEXT NOT NULL DEFAULT '';

ALTER TABLE device_update ADD COLUMN attempts BIGINT NOT NULL DEFAULT 1;
