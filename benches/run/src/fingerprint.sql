-- The definitions of all objects of the migrations, and how many rows each table has.
SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
FROM information_schema.columns
WHERE table_schema = 'public' AND table_name ~ '_\d{4}$'
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename ~ '_\d{4}$'
UNION ALL
SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text ~ '_\d{4}$'
UNION ALL
SELECT relname || ' ' || (xpath('/row/c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I', relname), false, true, '')))[1]::text
FROM pg_class
WHERE relkind = 'r' AND relname ~ '_\d{4}$'
ORDER BY 1
