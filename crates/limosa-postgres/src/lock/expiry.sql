CASE WHEN pg_catalog.pg_backend_pid() OPERATOR(pg_catalog.<>) {client}
      THEN pg_catalog.clock_timestamp() OPERATOR(pg_catalog.+) '{lease} s'::interval END
