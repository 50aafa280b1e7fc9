-- Who is making the table at this moment, if anybody is.
SELECT false, k.pid, a.application_name,
  pg_catalog.float8mul(pg_catalog.date_part('epoch', a.xact_start), '1000000')::bigint
FROM pg_catalog.pg_locks k LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid OPERATOR(pg_catalog.=) k.pid
WHERE k.locktype OPERATOR(pg_catalog.=) 'advisory' AND k.granted
  AND k.database OPERATOR(pg_catalog.=) (SELECT d.oid FROM pg_catalog.pg_database d
    WHERE d.datname OPERATOR(pg_catalog.=) pg_catalog.current_database())
  AND k.classid OPERATOR(pg_catalog.=) {high}::pg_catalog.oid
  AND k.objid OPERATOR(pg_catalog.=) {low}::pg_catalog.oid AND k.objsubid OPERATOR(pg_catalog.=) 1::smallint
