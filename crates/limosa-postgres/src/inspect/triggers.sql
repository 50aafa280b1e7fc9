SELECT t.tgname, n.nspname, c.relname, pg_catalog.pg_get_triggerdef(t.oid)
FROM pg_trigger t
JOIN pg_class c ON c.oid = t.tgrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT t.tgisinternal AND NOT c.relispartition AND n.nspname = ANY ({schemas})
ORDER BY n.nspname, c.relname, t.tgname
