-- For tools of hawkBit that have a user and a password: what access.Password writes; null = this person has tokens only.
ALTER TABLE api_user ADD COLUMN password TEXT;
