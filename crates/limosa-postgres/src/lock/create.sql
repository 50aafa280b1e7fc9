-- Made together with its one row: two cannot make it. Who comes second would wait within a statement for the
-- transaction that makes it; so a lock of that transaction says first whether there is one.
-- Short names in place of text need no table for long values, and one row no index: each would be files that
-- are written and flushed. Without a key a publication of all tables must be told what to name a row by.
SELECT pg_catalog.int4div(1, pg_catalog.pg_try_advisory_xact_lock({key})::integer);
CREATE TABLE {lock} (
  id smallint NOT NULL,
  token pg_catalog.name,
  process integer,
  process_start pg_catalog.timestamptz,
  role pg_catalog.name,
  application pg_catalog.name,
  since pg_catalog.timestamptz,
  renewed_at pg_catalog.timestamptz,
  expires_at pg_catalog.timestamptz,
  outside boolean NOT NULL
);
ALTER TABLE {lock} REPLICA IDENTITY FULL;
INSERT INTO {lock} (id, outside) VALUES (1, false) RETURNING true
