-- What is there before the first migration: tables that are filled, an index, a type.
CREATE TABLE log (line text NOT NULL);
-- A migration writes here on both sides of its COMMIT. The first row stays when that is undone.
CREATE TABLE halves (half text NOT NULL, total integer NOT NULL);
INSERT INTO halves VALUES ('none', 1);
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
