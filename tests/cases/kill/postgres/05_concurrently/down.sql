DELETE FROM log WHERE line = '05';
DROP INDEX CONCURRENTLY accounts_owner_idx;
UPDATE accounts SET balance = balance - 1;
