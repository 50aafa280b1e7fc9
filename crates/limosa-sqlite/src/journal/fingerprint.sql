SELECT count(*) || ' ' || coalesce(sum(done), 0) || ' ' || coalesce(max(started_at), 0) || ' '
  || coalesce(max(finished_at), 0) || ' ' || coalesce(sum(unicode(state)), 0)
  || ' ' || coalesce(max(accepted_at), 0)
FROM main.limosa_journal
