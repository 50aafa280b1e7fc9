process = pg_catalog.pg_backend_pid(),
    process_start = (SELECT a.backend_start FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a),
    renewed_at = pg_catalog.clock_timestamp(),
    expires_at = CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) {client}
      THEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) '{lease} s'::interval END
