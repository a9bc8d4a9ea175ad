-- guess: passwords tried of late, from one place for one account, or for any
CREATE TABLE guess (
  address  VARCHAR(45)     NOT NULL,  -- an IPv4 address, or the first 64 bits of an IPv6 one
  account  BINARY(32)      NOT NULL,  -- SHA-256 of the name that was said; zeros for any
  tries    INT UNSIGNED    NOT NULL,
  since    BIGINT UNSIGNED NOT NULL,  -- the first of them
  PRIMARY KEY (address, account),
  KEY since (since)
);
