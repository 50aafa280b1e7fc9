-- One row for each migration, at least one row in any case. The search path may lead to the journal
-- of another schema: then "ours" is false, and its rows are not read.
SELECT c.default_schema, c.ours, j.version, j.name, j.checksum, j.state, j.steps, j.done, j.adopted,
  (pg_catalog.date_part('epoch', j.started_at) * 1000000)::bigint,
  (pg_catalog.date_part('epoch', j.finished_at) * 1000000)::bigint,
  j.applied_by, j.written_by, j.format
FROM (
  SELECT pg_catalog.current_schema() AS default_schema,
    n.nspname OPERATOR(pg_catalog.=) pg_catalog.current_schema() AS ours
  FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
  WHERE t.oid OPERATOR(pg_catalog.=) 'limosa_journal'::pg_catalog.regclass
) c LEFT JOIN limosa_journal j ON c.ours
