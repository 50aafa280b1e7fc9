-- Whether the journal's table is there after all, and whether the schemas hold anything but the lock.
-- Whatever an inspection reads is a row of one of these two tables, or belongs to one.
SELECT pg_catalog.to_regclass({journal}) IS NOT NULL,
  EXISTS (SELECT FROM pg_catalog.pg_class c
    WHERE c.relnamespace OPERATOR(pg_catalog.=) ANY (s.schemas)
      AND c.relname OPERATOR(pg_catalog.<>) 'limosa_lock')
  OR EXISTS (SELECT FROM pg_catalog.pg_type t
    WHERE t.typnamespace OPERATOR(pg_catalog.=) ANY (s.schemas)
      AND t.typname OPERATOR(pg_catalog.<>) 'limosa_lock' AND t.typname OPERATOR(pg_catalog.<>) '_limosa_lock')
FROM (SELECT {schemas} AS schemas OFFSET 0) s
