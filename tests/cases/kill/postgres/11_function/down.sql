DROP TRIGGER orders_touch ON accounts;
DROP FUNCTION touch();
UPDATE accounts SET balance = balance - 11, tier = tier - 1;
