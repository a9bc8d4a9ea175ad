-- session: who was it that signed in there? Its user can tell, and end one by its id.
ALTER TABLE session
  ADD COLUMN id      BIGINT UNSIGNED NOT NULL AUTO_INCREMENT FIRST,
  ADD COLUMN browser VARCHAR(255)    NOT NULL DEFAULT '' AFTER user,     -- its User-Agent
  ADD COLUMN address VARCHAR(45)     NOT NULL DEFAULT '' AFTER browser,  -- where it signed in from
  ADD UNIQUE KEY id (id);
