-- What is there before the first migration: tables that are filled, an index, a type.
CREATE TABLE log (line text NOT NULL);
-- What a migration writes on both sides of its COMMIT.
CREATE TABLE halves (half text NOT NULL);
CREATE TABLE accounts (
  id integer PRIMARY KEY,
  owner text NOT NULL,
  balance bigint NOT NULL,
  note varchar(20),
  legacy text
);
INSERT INTO accounts SELECT n, 'owner ' || n, n, 'note ' || n, 'old' FROM generate_series(1, 2000) n;
CREATE INDEX accounts_old_idx ON accounts (legacy);
CREATE TYPE colour AS ENUM ('red');
