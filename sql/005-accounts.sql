-- invitation: a link that lets somebody make an account, once
CREATE TABLE invitation (
  token_hash  BINARY(32)      NOT NULL PRIMARY KEY,  -- SHA-256 of what the link carries
  quota       BIGINT UNSIGNED NULL,                  -- of the account, in bytes; or the default
  created     BIGINT UNSIGNED NOT NULL,
  expires     BIGINT UNSIGNED NOT NULL
);

-- user: an account that its user has deleted; the sweeper takes its files, and then the row
ALTER TABLE user
  ADD COLUMN closed BIGINT UNSIGNED NULL;  -- since when
