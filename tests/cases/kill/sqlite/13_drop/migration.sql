-- limosa: dialect sqlite

ALTER TABLE accounts DROP COLUMN legacy;
VACUUM;
CREATE INDEX accounts_tier_idx ON accounts (tier, id DESC) WHERE tier > 0;
