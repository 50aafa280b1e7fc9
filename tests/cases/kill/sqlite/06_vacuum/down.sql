-- limosa: dialect sqlite

UPDATE accounts SET balance = balance / 3;
VACUUM;
DELETE FROM log WHERE line LIKE '06%';
