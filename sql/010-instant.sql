-- challenge: somebody says that they have a file's bytes, and is to prove it
CREATE TABLE challenge (
  token_hash  BINARY(32)      NOT NULL PRIMARY KEY,  -- SHA-256 of what they were given
  owner       BIGINT UNSIGNED NOT NULL,
  root        BIGINT UNSIGNED NOT NULL,  -- the folder that the asker's token is for; 0 for everything
  folder      BIGINT UNSIGNED NOT NULL,  -- where the file is to go; 0 the root
  name        VARCHAR(255)    NOT NULL,  -- and under which name
  conflict    TINYINT UNSIGNED NOT NULL, -- where that is taken: 0 fail, 1 rename, 2 version
  size        BIGINT UNSIGNED NOT NULL,  -- what they say of the bytes
  sha256      BINARY(32)      NOT NULL,
  sha1        BINARY(20)      NULL,      -- if they said it
  md5         BINARY(16)      NULL,
  crc32       BINARY(4)       NULL,
  crc64       BINARY(8)       NULL,
  expires     BIGINT UNSIGNED NOT NULL,
  KEY owner (owner, expires),
  KEY expires (expires)
);
