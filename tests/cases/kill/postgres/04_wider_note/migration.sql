ALTER TABLE accounts ALTER COLUMN note TYPE text;
ALTER TABLE accounts ALTER COLUMN note SET NOT NULL;
INSERT INTO orders SELECT id, id, balance FROM accounts WHERE id <= 100;
