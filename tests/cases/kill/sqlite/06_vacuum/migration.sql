-- limosa: dialect sqlite

INSERT INTO log VALUES ('06 before');
VACUUM;
UPDATE accounts SET balance = balance * 3;
