INSERT INTO log VALUES ('07 before');
ALTER TYPE colour ADD VALUE 'green';
CREATE TABLE paints (name text PRIMARY KEY, colour colour NOT NULL DEFAULT 'green');
INSERT INTO paints VALUES ('grass'), ('brick');
UPDATE paints SET colour = 'red' WHERE name = 'brick';
