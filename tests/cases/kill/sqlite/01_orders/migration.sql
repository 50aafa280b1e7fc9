-- limosa: dialect sqlite

CREATE TABLE orders (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, total BIGINT NOT NULL DEFAULT 0);
INSERT INTO log VALUES ('01');
