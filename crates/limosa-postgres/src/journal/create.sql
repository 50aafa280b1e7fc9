CREATE TABLE IF NOT EXISTS {journal} (
  version pg_catalog.text NOT NULL PRIMARY KEY,
  name pg_catalog.text NOT NULL,
  checksum pg_catalog.text NOT NULL,
  state pg_catalog.text NOT NULL,
  steps bigint NOT NULL,
  done bigint NOT NULL,
  adopted bigint NOT NULL,
  started_at pg_catalog.timestamptz NOT NULL,
  finished_at pg_catalog.timestamptz,
  applied_by pg_catalog.text NOT NULL,
  written_by pg_catalog.text NOT NULL,
  format bigint NOT NULL,
  source pg_catalog.text,
  accepted_at pg_catalog.timestamptz,
  accepted_by pg_catalog.text,
  wordings pg_catalog.text
)
