INSERT INTO main.limosa_journal (version, name, checksum, state, steps, done, adopted, started_at,
  finished_at, applied_by, written_by, format, source, accepted_at, accepted_by,
  wordings)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
ON CONFLICT (version) DO UPDATE SET name = excluded.name, checksum = excluded.checksum,
  state = excluded.state, steps = excluded.steps, done = excluded.done, adopted = excluded.adopted,
  started_at = excluded.started_at, finished_at = excluded.finished_at,
  applied_by = excluded.applied_by, written_by = excluded.written_by, format = excluded.format,
  source = coalesce(excluded.source, source),
  accepted_at = excluded.accepted_at, accepted_by = excluded.accepted_by,
  wordings = trim(coalesce(wordings, '') || ' ' || coalesce(excluded.wordings, ''))
