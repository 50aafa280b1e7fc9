-- One row for each migration, at least one row in any case. The search path may lead to the journal
-- of another schema: then "ours" is null, and its rows are not read. It is false if a temporary table
-- hides the journal of the default schema.
-- Every start of an application asks this of a server process whose caches are empty, where the choice
-- of an operator and a look into the catalog's tables cost more than the rows: hence only functions.
SELECT c.default_schema, c.ours, j.version, j.name, j.checksum, j.state, j.steps, j.done, j.adopted,
  pg_catalog.float8mul(pg_catalog.date_part('epoch', j.started_at), '1000000')::bigint AS started_at,
  pg_catalog.float8mul(pg_catalog.date_part('epoch', j.finished_at), '1000000')::bigint AS finished_at,
  j.applied_by, j.written_by, j.format,
  pg_catalog.float8mul(pg_catalog.date_part('epoch', j.accepted_at), '1000000')::bigint AS accepted_at,
  j.accepted_by
FROM (
  SELECT pg_catalog.current_schema() AS default_schema,
    pg_catalog.oideq(
      pg_catalog.to_regclass(pg_catalog.textcat(
        pg_catalog.quote_ident(pg_catalog.current_schema()), '.limosa_journal')),
      'limosa_journal'::pg_catalog.regclass) AS ours
) c LEFT JOIN limosa_journal j ON c.ours
