-- limosa: dialect sqlite

BEGIN IMMEDIATE;
INSERT INTO halves VALUES ('before', 0);
UPDATE halves SET total = total + 12;
COMMIT;
ALTER TABLE orders ADD COLUMN shipped BOOLEAN NOT NULL DEFAULT false;
UPDATE halves SET total = total * 2;
INSERT INTO halves VALUES ('behind', 0);
