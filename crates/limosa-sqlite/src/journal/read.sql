SELECT version, name, checksum, state, steps, done, adopted, started_at, finished_at, applied_by,
  written_by, format
FROM main.limosa_journal
