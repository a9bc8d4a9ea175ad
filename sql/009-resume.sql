-- resumable: an upload that comes in pieces, and for a while the file that it has become
CREATE TABLE resumable (
  token_hash  BINARY(32)       NOT NULL PRIMARY KEY,  -- SHA-256 of what its address ends in; in hex its file's name
  owner       BIGINT UNSIGNED  NOT NULL,
  upload      BIGINT UNSIGNED  NOT NULL,  -- the space kept for it; 0 where it needs none any more
  size        BIGINT UNSIGNED  NOT NULL,  -- bytes it will have
  at          BIGINT UNSIGNED  NOT NULL,  -- bytes it has, all of them safe
  state       BINARY(152)      NOT NULL,  -- how far its digests are, at `at` (digest/state.h)
  metadata    VARBINARY(8192)  NOT NULL,  -- Upload-Metadata, as it was sent
  concat      VARBINARY(8192)  NOT NULL,  -- Upload-Concat, likewise; '' for an ordinary upload
  folder      BIGINT UNSIGNED  NOT NULL,  -- where the file goes, as what,
  name        VARCHAR(255)     NOT NULL,
  conflict    TINYINT UNSIGNED NOT NULL,  -- and what happens if there is one: meta/tree.h
  sha256      BINARY(32)       NULL,      -- that it must have, if its client has said so
  entry       BIGINT UNSIGNED  NULL,      -- the file that it has become
  expires     BIGINT UNSIGNED  NOT NULL,
  KEY owner (owner),
  KEY expires (expires)
);
