UPDATE {lock} SET token = NULL, process = NULL, process_start = NULL, role = NULL, application = NULL,
  since = NULL, renewed_at = NULL, expires_at = NULL, outside = false
WHERE id = 1 AND token = {token}
RETURNING pg_catalog.set_config('synchronous_commit', 'off', true)
