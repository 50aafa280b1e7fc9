DO $limosa$
DECLARE
  one text;
  own constant oid := pg_catalog.to_regnamespace('public');
BEGIN
  -- Each with CASCADE and IF EXISTS: what another one took along is not there any more. All names are
  -- written down before anything is dropped.
  FOREACH one IN ARRAY ARRAY(
    WITH members AS (
      SELECT classid, objid FROM pg_catalog.pg_depend WHERE deptype = 'e'
    ), things (rank, class, id, words) AS (
      -- They would be called for what follows.
      SELECT 1, 'pg_catalog.pg_event_trigger'::regclass, oid, format('EVENT TRIGGER IF EXISTS %I', evtname)
      FROM pg_catalog.pg_event_trigger
      UNION ALL
      SELECT 1, 'pg_catalog.pg_publication'::regclass, oid, format('PUBLICATION IF EXISTS %I', pubname)
      FROM pg_catalog.pg_publication
      UNION ALL
      SELECT 1, 'pg_catalog.pg_foreign_server'::regclass, oid, format('SERVER IF EXISTS %I CASCADE', srvname)
      FROM pg_catalog.pg_foreign_server
      UNION ALL
      -- Schemas with everything in them; "public" stays, which is often not the role's to drop.
      SELECT 2, 'pg_catalog.pg_namespace'::regclass, oid, format('SCHEMA IF EXISTS %I CASCADE', nspname)
      FROM pg_catalog.pg_namespace
      WHERE nspname NOT LIKE 'pg\_%' AND nspname NOT IN ('information_schema', 'public')
      UNION ALL
      SELECT CASE relkind WHEN 'S' THEN 4 WHEN 'c' THEN 4 ELSE 3 END, 'pg_catalog.pg_class'::regclass, oid,
        format('%s IF EXISTS public.%I CASCADE', CASE relkind
          WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
          WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, relname)
      FROM pg_catalog.pg_class
      WHERE relnamespace = own AND relkind IN ('r', 'p', 'v', 'm', 'S', 'f', 'c') AND relname <> 'limosa_lock'
      UNION ALL
      SELECT 5, 'pg_catalog.pg_operator'::regclass, oid, format('OPERATOR IF EXISTS %s CASCADE', oid::regoperator)
      FROM pg_catalog.pg_operator WHERE oprnamespace = own
      UNION ALL
      SELECT 6, 'pg_catalog.pg_proc'::regclass, oid, format('ROUTINE IF EXISTS %s CASCADE', oid::regprocedure)
      FROM pg_catalog.pg_proc WHERE pronamespace = own
      UNION ALL
      SELECT 7, 'pg_catalog.pg_type'::regclass, t.oid, format('TYPE IF EXISTS public.%I CASCADE', typname)
      FROM pg_catalog.pg_type t
      WHERE typnamespace = own AND typrelid = 0 AND typtype IN ('e', 'd', 'r', 'b')
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_type e WHERE e.typarray = t.oid)
      UNION ALL
      SELECT 8, 'pg_catalog.pg_collation'::regclass, oid, format('COLLATION IF EXISTS public.%I CASCADE', collname)
      FROM pg_catalog.pg_collation WHERE collnamespace = own
      UNION ALL
      SELECT 8, 'pg_catalog.pg_ts_config'::regclass, oid,
        format('TEXT SEARCH CONFIGURATION IF EXISTS public.%I CASCADE', cfgname)
      FROM pg_catalog.pg_ts_config WHERE cfgnamespace = own
      UNION ALL
      SELECT 9, 'pg_catalog.pg_ts_dict'::regclass, oid,
        format('TEXT SEARCH DICTIONARY IF EXISTS public.%I CASCADE', dictname)
      FROM pg_catalog.pg_ts_dict WHERE dictnamespace = own
    )
    SELECT words FROM things
    WHERE NOT EXISTS (SELECT FROM members WHERE classid = things.class AND objid = things.id)
    ORDER BY rank, words
  )
  LOOP EXECUTE 'DROP ' || one; END LOOP;
  PERFORM pg_catalog.lo_unlink(oid) FROM pg_catalog.pg_largeobject_metadata;
END
$limosa$;
