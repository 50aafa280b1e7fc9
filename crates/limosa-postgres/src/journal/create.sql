CREATE TABLE IF NOT EXISTS {journal} (
  version text NOT NULL PRIMARY KEY,
  name text NOT NULL,
  checksum text NOT NULL,
  state text NOT NULL,
  steps bigint NOT NULL,
  done bigint NOT NULL,
  adopted bigint NOT NULL,
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  applied_by text NOT NULL,
  written_by text NOT NULL,
  format bigint NOT NULL,
  source text
)
