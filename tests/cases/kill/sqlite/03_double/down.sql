-- limosa: dialect sqlite

DELETE FROM log WHERE line = '03';
UPDATE accounts SET balance = balance / 2;
ALTER TABLE accounts DROP COLUMN tier;
