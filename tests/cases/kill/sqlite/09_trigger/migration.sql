-- limosa: dialect sqlite

CREATE TRIGGER orders_touch AFTER INSERT ON orders BEGIN
  INSERT INTO log VALUES ('touched ' || NEW.id);
  UPDATE accounts SET tier = tier + 1 WHERE id = NEW.account_id;
END;
INSERT INTO orders SELECT id + 1000, id, balance, note FROM accounts WHERE id <= 20;
