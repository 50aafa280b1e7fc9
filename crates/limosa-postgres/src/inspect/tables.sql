SELECT c.oid, n.nspname, c.relname,
  {option? nullif(pg_catalog.concat_ws(' ',
    CASE WHEN c.relkind = 'p' THEN 'PARTITION BY ' || pg_catalog.pg_get_partkeydef(c.oid) END,
    'WITH (' || pg_catalog.array_to_string(c.reloptions, ', ') || ')'), '') ! NULL},
  {comment? d.description ! NULL}
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
{comment? LEFT JOIN pg_description d
  ON d.classoid = 'pg_catalog.pg_class'::regclass::oid AND d.objoid = c.oid AND d.objsubid = 0}
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY ({schemas}) AND c.relname NOT IN ('limosa_journal', 'limosa_lock')
  AND NOT EXISTS (SELECT FROM pg_depend e
    WHERE e.classid = 'pg_catalog.pg_class'::regclass::oid AND e.objid = c.oid AND e.deptype = 'e')
ORDER BY n.nspname, c.relname
