UPDATE accounts SET balance = balance / 3 WHERE tier = 1;
DROP INDEX CONCURRENTLY orders_account_idx;
DROP INDEX CONCURRENTLY accounts_note_idx;
