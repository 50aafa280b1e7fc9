-- A query of another role is hidden unless this one may read all statistics.
SELECT a.pid, a.application_name,
  pg_catalog.float8mul(pg_catalog.date_part('epoch',
    pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) a.xact_start), '1000000')::bigint,
  pg_catalog.left(pg_catalog.regexp_replace(a.query, '\s+', ' ', 'g'), 200)
FROM pg_catalog.pg_stat_activity a
WHERE a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid() AND EXISTS (
  SELECT FROM pg_catalog.pg_locks l
  WHERE l.pid OPERATOR(pg_catalog.=) a.pid AND l.granted
    AND {which}
    AND l.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d
      WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()))
ORDER BY a.xact_start
