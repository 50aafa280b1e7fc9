BEGIN;
UPDATE orders SET total = total / 2;
ALTER TABLE orders DROP CONSTRAINT orders_account_fkey;
COMMIT;
