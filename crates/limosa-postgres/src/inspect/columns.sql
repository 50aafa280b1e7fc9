-- A serial column is one whose default reads a sequence that the column owns.
SELECT a.attrelid, a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod),
  {enum? en.nspname, et.typname ! NULL, NULL}, a.attnotnull, pg_catalog.pg_get_expr(d.adbin, d.adrelid), a.attgenerated,
  a.attidentity,
  {serial? d.oid IS NOT NULL AND EXISTS (SELECT FROM pg_depend s
    JOIN pg_depend u ON u.classid = 'pg_catalog.pg_attrdef'::regclass::oid AND u.objid = d.oid
      AND u.refclassid = 'pg_catalog.pg_class'::regclass::oid AND u.refobjid = s.objid
    WHERE s.classid = 'pg_catalog.pg_class'::regclass::oid
      AND s.refclassid = 'pg_catalog.pg_class'::regclass::oid
      AND s.refobjid = a.attrelid AND s.refobjsubid = a.attnum AND s.deptype = 'a') ! NULL},
  {collation? co.collname ! NULL}, {comment? m.description ! NULL}
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
{type? JOIN pg_type t ON t.oid = a.atttypid}
{enum? LEFT JOIN pg_type et ON et.typtype = 'e'
  AND et.oid = CASE WHEN t.typtype = 'e' THEN t.oid WHEN t.typlen = -1 THEN t.typelem END
LEFT JOIN pg_namespace en ON en.oid = et.typnamespace}
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
{collation? LEFT JOIN pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation}
{comment? LEFT JOIN pg_description m
  ON m.classoid = 'pg_catalog.pg_class'::regclass::oid AND m.objoid = c.oid AND m.objsubid = a.attnum}
WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY ({schemas})
ORDER BY a.attrelid, a.attnum
