-- copy: those in other stores, too, and what is known of each
ALTER TABLE copy
  ADD COLUMN serial   BIGINT UNSIGNED NOT NULL DEFAULT 0 AFTER store,   -- of its key there; 0 on the local disk
  ADD COLUMN etag     VARCHAR(64)     NOT NULL DEFAULT '' AFTER serial, -- that the store must say, if it says any
  ADD COLUMN made     BIGINT UNSIGNED NOT NULL DEFAULT 0 AFTER etag,
  ADD COLUMN digested BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- when its bytes were last read, or sent, and digested
  ADD COLUMN leaving  BIGINT UNSIGNED NULL,  -- since when no reader is sent to it: its bytes are about to go
  ADD COLUMN damaged  BIGINT UNSIGNED NULL,  -- since when its bytes are known to be wrong or gone
  ADD KEY by_age (store, made),
  ADD KEY by_verified (store, verified),
  ADD KEY leaving (leaving);
UPDATE copy SET made = verified, digested = verified;

-- transfer: a copy that is being made, or that is wanted; one attempt at a time
CREATE TABLE transfer (
  sha256  BINARY(32)      NOT NULL,  -- the blob
  store   VARCHAR(64)     NOT NULL,  -- where the copy is to be; 'local' to come back
  serial  BIGINT UNSIGNED NOT NULL,  -- of the attempt and its key; 0 between two of them
  until   BIGINT UNSIGNED NOT NULL,  -- the end of the mover's lease, or of the pause after a failure
  sent    BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- bytes, in this attempt
  tries   INT UNSIGNED    NOT NULL DEFAULT 0,  -- that failed, one after the other
  error   VARCHAR(255)    NOT NULL DEFAULT '', -- of the last one
  PRIMARY KEY (sha256, store)
);

-- remnant: an object that is no copy, though it is in a store or may still come there
CREATE TABLE remnant (
  store    VARCHAR(64)     NOT NULL,
  sha256   BINARY(32)      NOT NULL,
  serial   BIGINT UNSIGNED NOT NULL,
  since    BIGINT UNSIGNED NOT NULL,
  removed  BOOLEAN         NOT NULL DEFAULT FALSE,  -- once; and once more after the grace time
  PRIMARY KEY (store, sha256, serial),
  KEY since (since)
);
