SELECT pg_catalog.split_part(pg_catalog.current_setting('server_version'), ' ', 1),
  pg_catalog.current_database(), current_user, pg_catalog.current_schema(),
  NOT pg_catalog.pg_is_in_recovery()
    AND pg_catalog.current_setting('transaction_read_only') OPERATOR(pg_catalog.=) 'off',
  coalesce(pg_catalog.has_schema_privilege(pg_catalog.current_schema(), 'CREATE'), false)
