-- limosa: no transaction

INSERT INTO log VALUES ('09 before');
CREATE INDEX CONCURRENTLY accounts_balance_idx ON accounts (balance);
UPDATE accounts SET balance = balance + 9;
VACUUM accounts;
DROP INDEX CONCURRENTLY accounts_old_idx;
INSERT INTO log VALUES ('09 after');
