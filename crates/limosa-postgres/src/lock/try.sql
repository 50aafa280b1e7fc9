-- A row that somebody has locked is in the holder's transaction, or being taken: it is skipped, never
-- waited for. Nothing is written, and no row locked, while the lock is held.
WITH seen AS MATERIALIZED (
  SELECT l.process, l.application, l.since FROM {lock} l WHERE l.id OPERATOR(pg_catalog.=) 1
), free AS MATERIALIZED (
  SELECT l.id FROM {lock} l WHERE l.id OPERATOR(pg_catalog.=) 1 AND ({free}) FOR UPDATE SKIP LOCKED
), taken AS (
  UPDATE {lock} l SET token = {token}, role = current_user,
    application = pg_catalog.current_setting('application_name'),
    since = pg_catalog.clock_timestamp(), {renewed}, outside = false
  FROM free WHERE l.id OPERATOR(pg_catalog.=) free.id
  RETURNING pg_catalog.set_config('synchronous_commit', 'off', true)
)
SELECT EXISTS (SELECT FROM taken), seen.process, seen.application,
  pg_catalog.float8mul(pg_catalog.date_part('epoch', seen.since), '1000000')::bigint
FROM seen
