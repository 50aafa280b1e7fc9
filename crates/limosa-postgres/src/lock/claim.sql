-- By whoever makes the table, in the transaction that makes it: nobody else has seen the row.
UPDATE {lock} SET token = {token}, role = current_user,
  application = pg_catalog.current_setting('application_name'), since = pg_catalog.clock_timestamp(),
  {renewed}
RETURNING true{lazily}
