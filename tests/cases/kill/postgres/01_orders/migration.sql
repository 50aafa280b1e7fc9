CREATE TABLE orders (id integer PRIMARY KEY, account_id integer NOT NULL, total bigint NOT NULL DEFAULT 0);
INSERT INTO log VALUES ('01');
