INSERT INTO users (id, "Name", created_at) VALUES (1, 'a', now()), (2, DEFAULT, NULL);
INSERT INTO users DEFAULT VALUES;
INSERT INTO users SELECT * FROM old_users WHERE id > 10;
INSERT INTO users (id) VALUES (1) ON CONFLICT DO NOTHING;
INSERT INTO users (id, n) VALUES (1, 2) ON CONFLICT (id) DO UPDATE SET n = excluded.n WHERE users.n < 5;
UPDATE users SET name = 'b', age = DEFAULT WHERE id = 1;
UPDATE users AS u SET name = o.name FROM orgs o WHERE o.id = u.org_id;
DELETE FROM users;
DELETE FROM users u USING orgs o WHERE o.id = u.org_id;
-- Beyond the model.
INSERT INTO users (id) VALUES (1) RETURNING id;
INSERT INTO users (id) VALUES (1) ON CONFLICT ON CONSTRAINT pk DO NOTHING;
UPDATE users SET (a, b) = (1, 2);
WITH x AS (SELECT 1) DELETE FROM users WHERE id IN (SELECT * FROM x);
TRUNCATE users;
SELECT setval('users_id_seq', 10);
SELECT create_hypertable('a', 'b');
-- A mistake.
UPDATE users SET WHERE id = 1;
