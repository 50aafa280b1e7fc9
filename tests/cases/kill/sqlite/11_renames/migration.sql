-- limosa: dialect sqlite

ALTER TABLE lines RENAME TO order_lines;
ALTER TABLE accounts RENAME COLUMN owner TO holder;
CREATE VIEW rich AS SELECT id, holder FROM accounts WHERE balance > 1000;
