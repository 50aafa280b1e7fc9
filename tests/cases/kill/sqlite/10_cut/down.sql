-- limosa: dialect sqlite

BEGIN IMMEDIATE;
DELETE FROM halves WHERE half = 'behind';
UPDATE halves SET total = total / 2;
COMMIT;
ALTER TABLE orders DROP COLUMN shipped;
UPDATE halves SET total = total - 12;
DELETE FROM halves WHERE half = 'before';
