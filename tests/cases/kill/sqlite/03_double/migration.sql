-- limosa: dialect sqlite

ALTER TABLE accounts ADD COLUMN tier INTEGER NOT NULL DEFAULT 1;
UPDATE accounts SET balance = balance * 2;
INSERT INTO log VALUES ('03');
