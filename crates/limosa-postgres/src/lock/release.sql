UPDATE {lock} SET token = NULL, process = NULL, process_start = NULL, role = NULL, application = NULL,
  since = NULL, renewed_at = NULL, expires_at = NULL, outside = false
WHERE id OPERATOR(pg_catalog.=) 1 AND token OPERATOR(pg_catalog.=) {token}
RETURNING true{lazily}
