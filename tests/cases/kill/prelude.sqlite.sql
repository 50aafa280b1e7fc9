-- What is there before the first migration: tables that are filled.
CREATE TABLE log (line TEXT NOT NULL);
-- A migration writes here on both sides of its COMMIT. The first row stays when that is undone.
CREATE TABLE halves (half TEXT NOT NULL, total INTEGER NOT NULL);
INSERT INTO halves VALUES ('none', 1);
CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  balance BIGINT NOT NULL,
  note TEXT,
  legacy TEXT
);
WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2000)
INSERT INTO accounts SELECT n, 'owner ' || n, n, 'note ' || n, 'old' FROM n;
CREATE TABLE children (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE);
INSERT INTO children SELECT id, id FROM accounts WHERE id <= 200;
