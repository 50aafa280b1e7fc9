-- The default schema, and whether the name of the journal leads to the table that it has: null if it has
-- none, false if a temporary table comes first. What stands behind this in the same message may fail
-- then, and is of no interest.
-- Every start of an application asks this of a server process whose caches are empty, where each name
-- to look up counts: hence a key word for the schema, few functions and no operator.
SELECT CURRENT_SCHEMA, pg_catalog.oideq(
  pg_catalog.to_regclass(pg_catalog.format('%I.limosa_journal', CURRENT_SCHEMA)),
  pg_catalog.to_regclass('limosa_journal'));
