CREATE TABLE IF NOT EXISTS {lock} (
  id smallint NOT NULL PRIMARY KEY,
  token text,
  process integer,
  process_start timestamptz,
  role text,
  application text,
  since timestamptz,
  renewed_at timestamptz,
  expires_at timestamptz,
  outside boolean NOT NULL DEFAULT false
);
INSERT INTO {lock} (id) VALUES (1) ON CONFLICT (id) DO NOTHING;
