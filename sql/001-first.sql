-- The first schema. Times are milliseconds since 1970 by the database's clock.
-- Digests are raw bytes, the CRCs among them in network byte order.

-- user: somebody who keeps files here
CREATE TABLE user (
  id        BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name      VARCHAR(64)     NOT NULL,  -- as people write it
  folded    VARCHAR(255)    NOT NULL,  -- NFC and case folded: what must be unique
  password  VARCHAR(255)    NOT NULL,  -- argon2id, with its salt and costs
  one_time  BOOLEAN         NOT NULL,  -- the password was made by us: choose another first
  admin     BOOLEAN         NOT NULL,
  disabled  BOOLEAN         NOT NULL DEFAULT FALSE,
  quota     BIGINT UNSIGNED NOT NULL,  -- bytes
  used      BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- bytes of all entries and versions
  reserved  BIGINT UNSIGNED NOT NULL DEFAULT 0,  -- bytes of uploads on their way in
  created   BIGINT UNSIGNED NOT NULL,
  UNIQUE KEY folded (folded)
);

-- session: a browser in which a user has signed in
CREATE TABLE session (
  token_hash  BINARY(32)      NOT NULL PRIMARY KEY,  -- SHA-256 of the cookie
  user        BIGINT UNSIGNED NOT NULL,
  created     BIGINT UNSIGNED NOT NULL,
  seen        BIGINT UNSIGNED NOT NULL,  -- last used, to the hour
  KEY user (user),
  KEY seen (seen)
);

-- api_token: a key for programs
CREATE TABLE api_token (
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  token_hash  BINARY(32)      NOT NULL,  -- SHA-256 of the token, which is shown once
  user        BIGINT UNSIGNED NOT NULL,
  label       VARCHAR(64)     NOT NULL,  -- what its user calls it
  created     BIGINT UNSIGNED NOT NULL,
  seen        BIGINT UNSIGNED NOT NULL,  -- last used, to the hour
  UNIQUE KEY token_hash (token_hash),
  KEY user (user)
);

-- blob: immutable bytes
CREATE TABLE `blob` (
  sha256   BINARY(32)      NOT NULL PRIMARY KEY,  -- its name
  size     BIGINT UNSIGNED NOT NULL,
  sha1     BINARY(20)      NOT NULL,
  md5      BINARY(16)      NOT NULL,
  crc32    BINARY(4)       NOT NULL,
  crc64    BINARY(8)       NOT NULL,
  refs     BIGINT UNSIGNED NOT NULL,  -- entries and versions that point here
  touched  BIGINT UNSIGNED NOT NULL,  -- when refs last changed
  doomed   BOOLEAN         NOT NULL DEFAULT FALSE,  -- the sweeper is removing its bytes
  KEY sha1 (sha1),
  KEY md5 (md5),
  KEY crc32 (crc32),
  KEY crc64 (crc64),
  KEY unreferenced (refs, touched)
);

-- copy: one place where a blob's bytes are
CREATE TABLE copy (
  sha256    BINARY(32)      NOT NULL,  -- the blob
  store     VARCHAR(64)     NOT NULL,  -- 'local', or the name of a store in the configuration
  verified  BIGINT UNSIGNED NOT NULL,  -- when its bytes were last known to be right
  PRIMARY KEY (sha256, store)
);

-- entry: a file or folder in one user's tree, clustered as folders are read
CREATE TABLE entry (
  owner       BIGINT UNSIGNED NOT NULL,
  parent      BIGINT UNSIGNED NOT NULL,  -- a folder's id; 0 the root, 1 the trash, 2 on the way out
  name        VARCHAR(255)    NOT NULL,  -- NFC; in the trash, when it came there and its id
  id          BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  folder      BOOLEAN         NOT NULL,
  sha256      BINARY(32)      NULL,      -- the blob; NULL for a folder
  size        BIGINT UNSIGNED NOT NULL,  -- the blob's; 0 for a folder
  created     BIGINT UNSIGNED NOT NULL,
  modified    BIGINT UNSIGNED NOT NULL,  -- when these bytes came in
  was_parent  BIGINT UNSIGNED NULL,      -- in the trash: where it came from
  was_name    VARCHAR(255)    NULL,      -- in the trash: what it was called
  trashed     BIGINT UNSIGNED NULL,      -- in the trash: since when
  PRIMARY KEY (owner, parent, name),
  UNIQUE KEY id (id),
  KEY by_time (owner, parent, modified),
  KEY by_size (owner, parent, size),
  KEY by_name (owner, name),
  KEY by_blob (sha256, owner)
) AUTO_INCREMENT = 1000;

-- version: a blob an entry pointed at before
CREATE TABLE version (
  id        BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  entry     BIGINT UNSIGNED NOT NULL,
  sha256    BINARY(32)      NOT NULL,
  size      BIGINT UNSIGNED NOT NULL,
  modified  BIGINT UNSIGNED NOT NULL,  -- when these bytes came in
  KEY entry (entry, id),
  KEY sha256 (sha256)
);

-- upload: bytes on their way in, and the space kept for them
CREATE TABLE upload (
  id       BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  owner    BIGINT UNSIGNED NOT NULL,
  size     BIGINT UNSIGNED NOT NULL,  -- reserved, in bytes
  staging  VARCHAR(64)     NOT NULL,  -- the file's name; it is locked while the upload lives
  created  BIGINT UNSIGNED NOT NULL
);
