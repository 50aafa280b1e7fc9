CREATE TABLE IF NOT EXISTS {lock} (
  id smallint NOT NULL PRIMARY KEY,
  token pg_catalog.text,
  process integer,
  process_start pg_catalog.timestamptz,
  role pg_catalog.text,
  application pg_catalog.text,
  since pg_catalog.timestamptz,
  renewed_at pg_catalog.timestamptz,
  expires_at pg_catalog.timestamptz,
  outside boolean NOT NULL DEFAULT false
);
INSERT INTO {lock} (id) VALUES (1) ON CONFLICT (id) DO NOTHING;
