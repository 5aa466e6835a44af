-- What was asked for and made, and from where; detail is JSON.
ALTER TABLE audit ADD COLUMN detail TEXT;
ALTER TABLE audit ADD COLUMN address TEXT;
ALTER TABLE audit ADD COLUMN token BIGINT;

-- Null = without an end.
ALTER TABLE provisioning_key ADD COLUMN expires BIGINT;
ALTER TABLE provisioning_key ADD COLUMN most BIGINT;
ALTER TABLE provisioning_key ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
ALTER TABLE provisioning_key ADD COLUMN per_minute BIGINT NOT NULL DEFAULT 600;
