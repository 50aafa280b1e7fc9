DELETE FROM log WHERE line = '07 before';
DROP TABLE paints;
