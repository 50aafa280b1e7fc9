-- limosa: dialect sqlite

BEGIN IMMEDIATE;
ALTER TABLE orders ADD COLUMN note TEXT;
INSERT INTO orders SELECT id, id, balance, note FROM accounts WHERE id <= 100;
COMMIT;
