WITH mine AS (
  UPDATE {lock} SET {renewed}, outside = {outside}
  WHERE id = 1 AND token = {token} RETURNING 1
) SELECT 1 / pg_catalog.count(*) FROM mine
