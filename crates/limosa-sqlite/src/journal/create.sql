CREATE TABLE main.limosa_journal (
  version TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  state TEXT NOT NULL,
  steps INTEGER NOT NULL,
  done INTEGER NOT NULL,
  adopted INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  applied_by TEXT NOT NULL,
  written_by TEXT NOT NULL,
  format INTEGER NOT NULL,
  source TEXT,
  accepted_at INTEGER,
  accepted_by TEXT,
  wordings TEXT
)
