-- limosa: dialect sqlite

UPDATE accounts SET balance = balance + 1;
CREATE INDEX accounts_owner_idx ON accounts (owner);
INSERT INTO log VALUES ('05');
