-- pk is the column's place in the primary key, from 1.
SELECT t.name, c.name, c.type, c."notnull", c.dflt_value, c.pk > 0, c.hidden
FROM main.sqlite_schema AS t, pragma_table_xinfo(t.name, 'main') AS c
WHERE t.type = 'table' AND t.sql NOT LIKE 'CREATE VIRTUAL%'
