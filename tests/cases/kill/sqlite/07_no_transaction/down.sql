-- limosa: dialect sqlite

DELETE FROM log WHERE line LIKE '07%';
DROP TABLE paints;
