-- event: what was done in an account, written with the change itself
CREATE TABLE event (
  id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  at       BIGINT UNSIGNED NOT NULL,
  owner    BIGINT UNSIGNED NOT NULL,  -- whose account it is
  actor    BIGINT UNSIGNED NOT NULL,  -- who did it; 0 the operator, by a command
  action   VARCHAR(32)     NOT NULL,
  entry    BIGINT UNSIGNED NOT NULL,  -- the file or folder; 0 if it was none
  name     VARCHAR(255)    NOT NULL,  -- what that, or whatever else it was about, was called
  address  VARCHAR(45)     NOT NULL,  -- where the request came from
  request  VARCHAR(16)     NOT NULL,  -- its id, as in the programs' logs
  KEY owner (owner, id),
  KEY at (at)
);
