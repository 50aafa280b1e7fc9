CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS accounts_note_idx ON accounts (note);
UPDATE accounts SET balance = balance * 3 WHERE tier = 1;
CREATE INDEX CONCURRENTLY orders_account_idx ON orders (account_id);
