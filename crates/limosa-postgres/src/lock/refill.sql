-- For a table that has lost its row. The lock keeps two from seeing none and writing one each; it is not
-- waited for, and it comes before anything that takes a snapshot.
LOCK TABLE {lock} IN SHARE ROW EXCLUSIVE MODE NOWAIT;
INSERT INTO {lock} (id, outside) SELECT 1, false WHERE NOT EXISTS (SELECT FROM {lock});
