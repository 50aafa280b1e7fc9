-- Functions and operators that fail as soon as anybody calls them: whoever calls them lends its rights.
CREATE SCHEMA trap;
SET search_path = trap, pg_catalog;
SET check_function_bodies = off;
CREATE FUNCTION spring() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE 'a trap was sprung'; END $$;

-- What the catalog's functions are called with.
DO $$
DECLARE f text;
BEGIN
  FOR f IN SELECT format('CREATE FUNCTION %I(%s) RETURNS text LANGUAGE sql AS ''SELECT trap.spring(); SELECT ''''x''''''',
      p.proname, pg_get_function_identity_arguments(p.oid))
    FROM pg_proc p
    WHERE pronamespace = 'pg_catalog'::regnamespace AND prokind = 'f' AND NOT proretset
      AND proname IN ('format_type', 'pg_get_expr', 'pg_get_indexdef', 'pg_get_viewdef', 'pg_get_triggerdef',
        'pg_get_partkeydef', 'current_schema', 'current_schemas', 'set_config', 'to_regclass', 'quote_ident',
        'date_part', 'clock_timestamp', 'pg_backend_pid', 'current_setting', 'current_database', 'strpos',
        'textcat', 'float8mul', 'int4div', 'left', 'regexp_replace', 'split_part', 'pg_is_in_recovery',
        'has_schema_privilege', 'oideq')
  LOOP EXECUTE f; END LOOP;
END $$;
-- Instead of those that take arguments of any type.
CREATE FUNCTION unnest(int2[]) RETURNS SETOF int2 LANGUAGE sql AS 'SELECT trap.spring(); SELECT 1::int2';
CREATE FUNCTION unnest(name[]) RETURNS SETOF name LANGUAGE sql AS 'SELECT trap.spring(); SELECT ''x''::name';
CREATE FUNCTION concat(text, text, text) RETURNS text LANGUAGE sql AS 'SELECT trap.spring(); SELECT ''x''';
CREATE FUNCTION concat_ws(text, text, text) RETURNS text LANGUAGE sql AS 'SELECT trap.spring(); SELECT ''x''';
CREATE FUNCTION array_to_string(text[], text) RETURNS text LANGUAGE sql AS 'SELECT trap.spring(); SELECT ''x''';
CREATE FUNCTION string_to_array(text, text) RETURNS text[] LANGUAGE sql
  AS 'SELECT trap.spring(); SELECT NULL::text[]';
CREATE FUNCTION generate_series(int4, int4) RETURNS SETOF int4 LANGUAGE sql AS 'SELECT trap.spring(); SELECT 0';

-- Each operator for each pair of types, so that one of them fits exactly where the catalog's do not.
DO $$
DECLARE
  types text[] := ARRAY['oid', 'regclass', 'int2', 'int4', 'int8', 'float8', 'text', 'name', '"char"', 'bool',
    'timestamptz', 'interval'];
  a text; b text; o text;
BEGIN
  FOREACH a IN ARRAY types LOOP
    FOREACH b IN ARRAY types LOOP
      EXECUTE format('CREATE FUNCTION lie(%s, %s) RETURNS bool LANGUAGE sql
        AS ''SELECT trap.spring(); SELECT true''', a, b);
      EXECUTE format('CREATE FUNCTION number(%s, %s) RETURNS int4 LANGUAGE sql
        AS ''SELECT trap.spring(); SELECT 1''', a, b);
      FOREACH o IN ARRAY ARRAY['=', '<>', '<', '>', '<=', '>=', '~~', '!~~'] LOOP
        EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.lie)', o, a, b);
      END LOOP;
      FOREACH o IN ARRAY ARRAY['||', '*', '/', '+', '-', '&'] LOOP
        EXECUTE format('CREATE OPERATOR %s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = trap.number)', o, a, b);
      END LOOP;
    END LOOP;
  END LOOP;
END $$;

-- Tables and types of the catalog's names, all empty.
CREATE SCHEMA doubles;
SET search_path = pg_catalog;
CREATE TABLE doubles.pg_class (LIKE pg_catalog.pg_class);
CREATE TABLE doubles.pg_namespace (LIKE pg_catalog.pg_namespace);
CREATE TABLE doubles.pg_attribute AS SELECT attrelid, attname, attnum, attisdropped FROM pg_attribute LIMIT 0;
CREATE TABLE doubles.pg_index (LIKE pg_catalog.pg_index);
CREATE TABLE doubles.pg_type (LIKE pg_catalog.pg_type);
CREATE TABLE doubles.pg_settings (LIKE pg_catalog.pg_settings);
CREATE TABLE doubles.pg_stat_activity (LIKE pg_catalog.pg_stat_activity);
CREATE TABLE doubles.pg_locks (LIKE pg_catalog.pg_locks);
CREATE DOMAIN doubles.text AS pg_catalog.int4;
CREATE DOMAIN doubles.oid AS pg_catalog.int4;
CREATE DOMAIN doubles.name AS pg_catalog.int4;
CREATE DOMAIN doubles.timestamptz AS pg_catalog.int4;
CREATE DOMAIN doubles.regclass AS pg_catalog.int4;
