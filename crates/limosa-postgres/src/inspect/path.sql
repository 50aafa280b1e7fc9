-- The queries behind it name their tables in the order to join them in: looking for a better one takes
-- longer than they do. So does compiling them, which large catalogs would bring about.
-- Unless it is named, pg_temp comes first of all: a temporary pg_class would be taken for the catalog's.
-- With pg_catalog first, an operator whose types are exactly those of its operands is the catalog's: hence
-- the casts in the queries behind this one.
-- Constants are printed by the session's settings: here in one form for all.
-- OFFSET 0 keeps the name from being read after the path has changed.
SELECT pg_catalog.set_config('search_path', pg_catalog.concat_ws(', ', 'pg_catalog',
    pg_catalog.quote_ident(d.name),
    CASE WHEN pg_catalog.textne(pg_catalog.current_setting('search_path'), '')
      THEN pg_catalog.current_setting('search_path') END,
    'pg_temp'), true),
  d.name,
  pg_catalog.set_config('join_collapse_limit', '1', true), pg_catalog.set_config('jit', 'off', true),
  pg_catalog.set_config('datestyle', 'ISO', true), pg_catalog.set_config('intervalstyle', 'postgres', true),
  pg_catalog.set_config('timezone', 'UTC', true), pg_catalog.set_config('bytea_output', 'hex', true),
  pg_catalog.set_config('extra_float_digits', '1', true)
FROM (SELECT {default} AS name OFFSET 0) d
