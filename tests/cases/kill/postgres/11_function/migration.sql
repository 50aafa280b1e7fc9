CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.tier := NEW.tier + 1; RETURN NEW; END $$;
CREATE TRIGGER orders_touch BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION touch();
UPDATE accounts SET balance = balance + 11;
