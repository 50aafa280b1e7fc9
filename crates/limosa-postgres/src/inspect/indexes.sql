SELECT i.indrelid, i.indexrelid, x.relname, m.amname, i.indisunique, i.indisvalid AND i.indisready,
  i.indisunique AND (SELECT (SELECT indnullsnotdistinct FROM pg_index y WHERE y.indexrelid = i.indexrelid)
    FROM (SELECT false AS indnullsnotdistinct) f),
  pg_catalog.pg_get_expr(i.indpred, i.indrelid), {comment? d.description ! NULL}
FROM pg_index i
JOIN pg_class x ON x.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = x.relnamespace
JOIN pg_am m ON m.oid = x.relam
{comment? LEFT JOIN pg_description d
  ON d.classoid = 'pg_catalog.pg_class'::regclass::oid AND d.objoid = i.indexrelid AND d.objsubid = 0}
WHERE n.nspname = ANY ({schemas}) AND NOT x.relispartition
  AND NOT EXISTS (SELECT FROM pg_constraint c
    WHERE c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x'))
ORDER BY i.indrelid, x.relname
