ALTER TABLE lines RENAME TO order_lines;
ALTER TABLE accounts RENAME COLUMN owner TO holder;
CREATE INDEX CONCURRENTLY accounts_holder_idx ON accounts (holder, id);
CREATE VIEW rich AS SELECT id, holder FROM accounts WHERE balance > 1000;
COMMENT ON TABLE accounts IS 'what people own';
CREATE INDEX CONCURRENTLY order_lines_both_idx ON order_lines (number, order_id);
ALTER TABLE order_lines ADD COLUMN amount integer;
