SELECT sql FROM sqlite_schema
WHERE sql IS NOT NULL
    AND tbl_name NOT IN ('limosa_journal', '_sqlx_migrations', 'refinery_schema_history',
        '__diesel_schema_migrations', 'seaql_migrations')
ORDER BY name
