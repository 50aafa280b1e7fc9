process = pg_catalog.pg_backend_pid(),
    process_start = {start},
    renewed_at = pg_catalog.clock_timestamp(),
    expires_at = {expiry}
