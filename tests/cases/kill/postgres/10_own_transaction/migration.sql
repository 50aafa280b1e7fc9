BEGIN;
ALTER TABLE orders ADD CONSTRAINT orders_account_fkey FOREIGN KEY (account_id) REFERENCES accounts (id);
UPDATE orders SET total = total * 2;
COMMIT;
