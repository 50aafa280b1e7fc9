SELECT type, name, tbl_name, sql
FROM main.sqlite_schema
WHERE sql IS NOT NULL AND tbl_name <> 'limosa_journal' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'
ORDER BY rowid
