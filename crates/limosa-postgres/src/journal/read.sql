SELECT version, name, checksum, state, steps, done, adopted,
  pg_catalog.float8mul(pg_catalog.date_part('epoch', started_at), '1000000')::bigint AS started_at,
  pg_catalog.float8mul(pg_catalog.date_part('epoch', finished_at), '1000000')::bigint AS finished_at,
  applied_by, written_by, format,
  pg_catalog.float8mul(pg_catalog.date_part('epoch', accepted_at), '1000000')::bigint AS accepted_at,
  accepted_by, wordings
FROM {journal}
