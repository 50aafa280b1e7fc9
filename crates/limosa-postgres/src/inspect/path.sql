-- The queries behind it name their tables in the order to join them in: looking for a better one takes
-- longer than they do. So does compiling them, which large catalogs would bring about.
-- OFFSET 0 keeps the name from being read after the path has changed.
SELECT pg_catalog.set_config('search_path', pg_catalog.concat('pg_catalog',
    ', ' OPERATOR(pg_catalog.||) pg_catalog.quote_ident(d.name),
    ', ' OPERATOR(pg_catalog.||) (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(s), ', ')
      FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) s)), true),
  d.name,
  pg_catalog.set_config('join_collapse_limit', '1', true), pg_catalog.set_config('jit', 'off', true)
FROM (SELECT {default} AS name OFFSET 0) d
