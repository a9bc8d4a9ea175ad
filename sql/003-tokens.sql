-- api_token: what a token is for, and until when. Those that there are may do everything.
ALTER TABLE api_token
  ADD COLUMN may_write BOOLEAN         NOT NULL DEFAULT TRUE AFTER label,  -- or read only
  ADD COLUMN folder    BIGINT UNSIGNED NOT NULL DEFAULT 0 AFTER may_write,  -- its root; 0 is the owner's
  ADD COLUMN expires   BIGINT UNSIGNED NULL AFTER folder;                   -- or never
