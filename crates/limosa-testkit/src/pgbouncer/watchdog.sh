# Keeps one PgBouncer for one test process; the argument comes from pgbouncer.rs.
# Usage: watchdog DIRECTORY PGBOUNCER
#
# Standard input is a pipe whose other end only the test process holds: when it closes, the test
# process is gone, and so is the pooler.
directory=$1 pgbouncer=$2
cd "$directory" || exit 1
"$pgbouncer" pgbouncer.ini >log 2>&1 </dev/null &
pooler=$!
while read -r _; do :; done
# SIGTERM is its immediate shutdown.
kill -TERM "$pooler"
wait "$pooler"
cd / && rm -rf "$directory"
