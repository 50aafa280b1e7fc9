-- limosa: dialect sqlite

-- limosa: no transaction

INSERT INTO log VALUES ('07 before');
CREATE TABLE paints (name TEXT PRIMARY KEY NOT NULL, colour TEXT NOT NULL DEFAULT 'green');
INSERT INTO paints VALUES ('grass', 'green'), ('brick', 'red');
VACUUM;
INSERT INTO log VALUES ('07 after');
