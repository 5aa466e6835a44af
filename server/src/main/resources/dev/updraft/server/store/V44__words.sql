-- One word for one thing, as in docs/glossary.md.
ALTER TABLE device RENAME COLUMN room TO staging_size;
ALTER TABLE device RENAME COLUMN can TO capabilities;
ALTER TABLE rollout RENAME COLUMN terms TO options;
ALTER TABLE device_update RENAME COLUMN manner TO mode;
ALTER TABLE action RENAME COLUMN manner TO mode;
