-- limosa: no transaction

DELETE FROM log WHERE line LIKE '09%';
CREATE INDEX CONCURRENTLY accounts_old_idx ON accounts (legacy);
UPDATE accounts SET balance = balance - 9;
DROP INDEX CONCURRENTLY accounts_balance_idx;
