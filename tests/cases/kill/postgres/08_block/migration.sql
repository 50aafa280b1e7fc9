INSERT INTO log VALUES ('08 before');
DO $$
BEGIN
  EXECUTE 'CREATE TABLE made (id integer PRIMARY KEY)';
  INSERT INTO made SELECT generate_series(1, 10);
  UPDATE accounts SET balance = balance + 8;
END $$;
ALTER TABLE made ADD COLUMN name text NOT NULL DEFAULT 'none';
INSERT INTO log VALUES ('08 after');
