-- Made together with its one row, of which this session is the holder at once: whoever makes the table is
-- the first to see it, and two cannot make it. Short names in place of text need no table for long values,
-- and one row no index: each would be files that are written and flushed. Without a key a publication of all
-- tables must be told what to name a row by.
CREATE TABLE {lock} (
  id smallint NOT NULL,
  token pg_catalog.name,
  process integer,
  process_start pg_catalog.timestamptz,
  role pg_catalog.name,
  application pg_catalog.name,
  since pg_catalog.timestamptz,
  renewed_at pg_catalog.timestamptz,
  expires_at pg_catalog.timestamptz,
  outside boolean NOT NULL
);
ALTER TABLE {lock} REPLICA IDENTITY FULL;
INSERT INTO {lock} (id, token, process, process_start, role, application, since, renewed_at, expires_at, outside)
VALUES (1, {token}, pg_catalog.pg_backend_pid(), {start}, current_user,
  pg_catalog.current_setting('application_name'), pg_catalog.clock_timestamp(), pg_catalog.clock_timestamp(),
  {expiry}, false)
RETURNING true, pg_catalog.set_config('synchronous_commit', 'off', true)
