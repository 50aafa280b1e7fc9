-- limosa: dialect sqlite

INSERT INTO log VALUES ('04 before');
PRAGMA foreign_keys = OFF;
CREATE TABLE accounts_new (
  id INTEGER PRIMARY KEY,
  owner TEXT NOT NULL,
  balance BIGINT NOT NULL,
  note TEXT NOT NULL,
  legacy TEXT,
  tier INTEGER NOT NULL DEFAULT 1
);
INSERT INTO accounts_new SELECT id, owner, balance + 4, note, legacy, tier FROM accounts;
DROP TABLE accounts;
ALTER TABLE accounts_new RENAME TO accounts;
PRAGMA foreign_keys = ON;
INSERT INTO log VALUES ('04 after');
