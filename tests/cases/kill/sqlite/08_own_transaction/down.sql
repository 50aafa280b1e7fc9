-- limosa: dialect sqlite

BEGIN;
DELETE FROM orders;
ALTER TABLE orders DROP COLUMN note;
COMMIT;
