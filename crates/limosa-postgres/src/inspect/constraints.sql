-- Constraints that a partition has from its parent are the parent's. Before version 15 there is no
-- column indnullsnotdistinct; then the name means that of the outer query.
SELECT c.conrelid, c.contype, c.conname, c.conkey, c.condeferrable, c.condeferred, c.convalidated,
  {key_option? CASE WHEN i.indnatts > i.indnkeyatts
    THEN (pg_catalog.string_to_array(i.indkey::text, ' '))[i.indnkeyatts + 1:] END,
  CASE WHEN c.contype = 'u' THEN
    (SELECT (SELECT indnullsnotdistinct FROM pg_index x WHERE x.indexrelid = c.conindid)
      FROM (SELECT false AS indnullsnotdistinct) f) END ! NULL, NULL},
  {foreign? fn.nspname, fc.relname,
  CASE WHEN c.contype = 'f' THEN ARRAY(SELECT a.attname
    FROM pg_catalog.unnest(c.confkey) WITH ORDINALITY k (number, place)
    JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.number
    ORDER BY k.place) END ! NULL, NULL, NULL},
  c.confdeltype, c.confupdtype, c.confmatchtype = 'f', pg_catalog.pg_get_expr(c.conbin, c.conrelid)
FROM pg_constraint c
JOIN pg_namespace n ON n.oid = c.connamespace
{key_option? LEFT JOIN pg_index i ON i.indexrelid = c.conindid AND c.contype IN ('p', 'u')}
{foreign? LEFT JOIN pg_class fc ON fc.oid = c.confrelid AND c.contype = 'f'
LEFT JOIN pg_namespace fn ON fn.oid = fc.relnamespace}
WHERE c.contype IN ('p', 'u', {foreign? 'f',} 'c') AND c.conrelid <> 0::oid AND n.nspname = ANY ({schemas})
  AND c.conparentid = 0::oid AND c.conislocal
ORDER BY c.conrelid, c.oid
