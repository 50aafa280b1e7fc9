ALTER TABLE accounts DROP COLUMN legacy;
CREATE INDEX CONCURRENTLY accounts_tier_idx ON accounts (tier, id DESC) WHERE tier > 0;
