DELETE FROM accounts WHERE id > 1900;
INSERT INTO accounts (id, holder, balance, note) SELECT id + 10000, holder, balance, note || ' again' FROM accounts WHERE id <= 50;
INSERT INTO log SELECT 'row ' || id FROM accounts WHERE id % 500 = 0;
