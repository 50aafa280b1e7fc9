INSERT INTO {journal} AS j (version, name, checksum, state, steps, done, adopted, started_at,
  finished_at, applied_by, written_by, format, source, accepted_at, accepted_by,
  wordings)
VALUES {rows}
ON CONFLICT (version) DO UPDATE SET name = excluded.name, checksum = excluded.checksum,
  state = excluded.state, steps = excluded.steps, done = excluded.done, adopted = excluded.adopted,
  started_at = excluded.started_at, finished_at = excluded.finished_at,
  applied_by = excluded.applied_by, written_by = excluded.written_by, format = excluded.format,
  source = coalesce(excluded.source, j.source),
  accepted_at = excluded.accepted_at, accepted_by = excluded.accepted_by,
  wordings = pg_catalog.concat_ws(' ', j.wordings, excluded.wordings)
