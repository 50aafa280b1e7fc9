-- What depends on the schemas themselves, by the catalog's number of its kind: the lock, and whatever else
-- there is. Of all that an inspection reads, each relation and each type of its own does, or it belongs to
-- one that does. 2615 is pg_namespace, in every database; to ask for it by name takes a third of the time.
SELECT d.classid FROM pg_catalog.pg_depend d
WHERE d.refclassid OPERATOR(pg_catalog.=) 2615::pg_catalog.oid AND d.refobjid OPERATOR(pg_catalog.=) {schemas}
LIMIT 100
