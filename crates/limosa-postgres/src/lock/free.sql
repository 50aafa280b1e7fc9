l.token IS NULL OR (
    -- Its time has run out, or its server process is gone. A process whose start is hidden from this
    -- role is taken for the same one.
    (l.expires_at OPERATOR(pg_catalog.<) pg_catalog.clock_timestamp()
      OR NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid OPERATOR(pg_catalog.=) l.process
          AND (a.backend_start IS NULL AND a.usename::pg_catalog.text OPERATOR(pg_catalog.=) l.role
            OR a.backend_start OPERATOR(pg_catalog.=) l.process_start))
        -- A statement outside a transaction may be on its way by another process of a pooler.
        AND NOT (l.outside AND l.renewed_at
          OPERATOR(pg_catalog.>) (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) '2 s'::interval)))
    -- And no statement of its is at work, in whatever process. Where this role may not see statements,
    -- any work of the holder's role counts.
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
      WHERE a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()
        AND a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()
        AND (a.state OPERATOR(pg_catalog.=) 'active'
          AND pg_catalog.strpos(a.query, pg_catalog.textcat('limosa:', l.token)) OPERATOR(pg_catalog.>) 0
          OR l.outside AND (a.state IS NULL OR a.state OPERATOR(pg_catalog.=) 'disabled')
            AND a.usename::pg_catalog.text OPERATOR(pg_catalog.=) l.role
            AND EXISTS (SELECT FROM pg_catalog.pg_locks k WHERE k.pid OPERATOR(pg_catalog.=) a.pid
              AND k.locktype OPERATOR(pg_catalog.=) 'virtualxid'))))
