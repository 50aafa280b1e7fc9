-- The key is of the journal's schema; advisory locks are of their database anyway. Behind a pooler two
-- clients may share one server process, in which the lock could be taken twice: so who holds it is
-- asked first, this process included.
WITH k AS MATERIALIZED (
  SELECT pg_catalog.hashtextextended('limosa journal ' || coalesce(pg_catalog.current_schema(), ''), 0) AS key
), held AS MATERIALIZED (
  SELECT l.pid
  FROM pg_catalog.pg_locks l, k
  WHERE l.locktype = 'advisory' AND l.objsubid = 1 AND l.granted
    AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())
    AND l.classid::bigint = ((k.key >> 32) & 4294967295)
    AND l.objid::bigint = (k.key & 4294967295)
  LIMIT 1
)
SELECT CASE WHEN EXISTS (SELECT FROM held) THEN false
    ELSE pg_catalog.pg_try_advisory_lock(k.key) END,
  k.key, pg_catalog.pg_backend_pid(), pg_catalog.current_schema(), held.pid, a.application_name,
  (pg_catalog.date_part('epoch', a.backend_start) * 1000000)::bigint
FROM k LEFT JOIN held ON true LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = held.pid
