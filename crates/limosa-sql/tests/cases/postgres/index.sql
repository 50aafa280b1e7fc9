CREATE INDEX CONCURRENTLY IF NOT EXISTS environments_deleted_at_idx ON environments ("deletedAt");
CREATE UNIQUE INDEX u ON public.users USING btree (lower(email) text_pattern_ops DESC NULLS LAST, age) WHERE deleted_at IS NULL;
CREATE INDEX g ON users USING GIN (tags, (meta -> 'a')) ;
CREATE INDEX c ON users (name COLLATE "C" ASC NULLS LAST) INCLUDE (age, bio);
CREATE UNIQUE INDEX n ON users (a) NULLS NOT DISTINCT;
CREATE INDEX ON users (a, b);
CREATE INDEX d ON users (a DESC NULLS FIRST);
CREATE INDEX t ON users USING gin (name gin_trgm_ops);
DROP INDEX CONCURRENTLY IF EXISTS public.a, b CASCADE;
DROP INDEX a;
ALTER INDEX IF EXISTS a RENAME TO "B";
-- Beyond the model.
CREATE INDEX f ON users (a) WITH (fillfactor = 70);
CREATE INDEX o ON ONLY users (a);
CREATE INDEX ON users (lower(a));
ALTER INDEX a SET TABLESPACE b;
REINDEX INDEX CONCURRENTLY a;
