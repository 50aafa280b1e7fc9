SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended(
  'limosa journal ' || coalesce(pg_catalog.current_schema(), ''), 0))
