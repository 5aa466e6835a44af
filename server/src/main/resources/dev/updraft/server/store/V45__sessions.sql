-- Log-ins of the console: API tokens that a browser holds in a cookie. made_from: the token that somebody logged in with; null = a password.
ALTER TABLE api_token ADD COLUMN session SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE api_token ADD COLUMN made_from BIGINT;
