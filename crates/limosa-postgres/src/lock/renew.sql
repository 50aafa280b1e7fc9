WITH mine AS (
  UPDATE {lock} SET {renewed}, outside = {outside}
  WHERE id OPERATOR(pg_catalog.=) 1 AND token OPERATOR(pg_catalog.=) {token} RETURNING 1
) SELECT pg_catalog.int4div(1, pg_catalog.count(*)::integer) FROM mine
