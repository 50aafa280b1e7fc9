-- Environments are marked as deleted first and removed later.
ALTER TABLE environments ADD COLUMN "deletedAt" TIMESTAMP NULL DEFAULT NULL;

CREATE INDEX CONCURRENTLY IF NOT EXISTS environments_deleted_at_idx ON environments ("deletedAt");
