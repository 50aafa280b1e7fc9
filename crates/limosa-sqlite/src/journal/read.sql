SELECT version, name, checksum, state, steps, done, adopted, started_at, finished_at, applied_by,
  written_by, format, accepted_at, accepted_by, wordings
FROM main.limosa_journal
