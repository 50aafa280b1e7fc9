-- limosa: dialect sqlite

CREATE TABLE lines (
  order_id INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  PRIMARY KEY (order_id, number)
);
CREATE INDEX lines_number_idx ON lines (number);
INSERT INTO log VALUES ('02');
