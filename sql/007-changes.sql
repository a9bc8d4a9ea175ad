-- changes: how often something of the user's has changed. A replica that has counted as far has it all.
ALTER TABLE user ADD COLUMN changes BIGINT UNSIGNED NOT NULL DEFAULT 0;
