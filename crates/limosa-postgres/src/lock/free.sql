l.token IS NULL OR (
    -- Its time has run out, or its server process is gone. A process whose start is hidden from this
    -- role is taken for the same one.
    (l.expires_at < pg_catalog.clock_timestamp()
      OR NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a WHERE a.pid = l.process
          AND (a.backend_start IS NULL AND a.usename::text = l.role OR a.backend_start = l.process_start))
        -- A statement outside a transaction may be on its way by another process of a pooler.
        AND NOT (l.outside AND l.renewed_at > pg_catalog.clock_timestamp() - '2 s'::interval))
    -- And no statement of its is at work, in whatever process. Where this role may not see statements,
    -- any work of the holder's role counts.
    AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a
      WHERE a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
        AND (a.state = 'active' AND a.query LIKE '%limosa:' || l.token || '%'
          OR l.outside AND (a.state IS NULL OR a.state = 'disabled') AND a.usename::text = l.role
            AND EXISTS (SELECT FROM pg_catalog.pg_locks k WHERE k.pid = a.pid AND k.locktype = 'virtualxid'))))
