-- limosa: dialect sqlite

DROP TRIGGER orders_touch;
DELETE FROM orders WHERE id > 1000;
DELETE FROM log WHERE line LIKE 'touched%';
UPDATE accounts SET tier = tier - 1 WHERE id <= 20;
