UPDATE accounts SET balance = balance + 1;
CREATE INDEX CONCURRENTLY accounts_owner_idx ON accounts (owner);
INSERT INTO log VALUES ('05');
