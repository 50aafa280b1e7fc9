CREATE TABLE lines (
  order_id integer NOT NULL REFERENCES orders (id) ON DELETE CASCADE,
  number integer NOT NULL,
  PRIMARY KEY (order_id, number)
);
CREATE INDEX lines_number_idx ON lines (number);
INSERT INTO log VALUES ('02');
