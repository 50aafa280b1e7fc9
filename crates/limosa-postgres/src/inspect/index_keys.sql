-- The collation is given where it is not the column's, or, for an expression, none that any column of
-- the table gives it.
SELECT i.indexrelid, a.attname,
  CASE WHEN a.attname IS NULL THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.place + 1, false) END,
  i.indoption[k.place] & 1::smallint = 1, i.indoption[k.place] & 2::smallint = 2,
  o.opcname, co.collname,
  k.place < i.indnkeyatts
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = x.relnamespace
CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnatts - 1) AS k (place)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.place] AND a.attnum <> 0
LEFT JOIN pg_opclass o ON o.oid = i.indclass[k.place] AND NOT o.opcdefault
LEFT JOIN pg_collation co ON co.oid = i.indcollation[k.place]
  AND CASE WHEN a.attname IS NOT NULL THEN co.oid <> a.attcollation
    ELSE co.collname <> 'default' AND NOT EXISTS (SELECT FROM pg_attribute b
      WHERE b.attrelid = i.indrelid AND b.attcollation = co.oid) END
WHERE n.nspname = ANY ({schemas}) AND NOT x.relispartition
  AND NOT EXISTS (SELECT FROM pg_constraint c
    WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
ORDER BY i.indexrelid, k.place
