UPDATE accounts SET balance = balance - 8;
DELETE FROM log WHERE line LIKE '08%';
DROP TABLE made;
