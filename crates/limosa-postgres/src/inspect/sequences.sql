SELECT n.nspname, c.relname
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'S' AND n.nspname = ANY ({schemas})
  AND NOT EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = 'pg_catalog.pg_class'::regclass::oid AND e.objid = c.oid AND e.deptype IN ('a', 'i', 'e'))
ORDER BY n.nspname, c.relname
