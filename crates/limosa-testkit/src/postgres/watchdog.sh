# Keeps one PostgreSQL server for one test process; the argument comes from process.rs.
# Usage: watchdog DIRECTORY TEMPLATE POSTGRES [ARGUMENT...]
#
# Standard input is a pipe whose other end only the test process holds. It carries the commands
# `start RUN PORT`, `stop` and `ask SIGNAL`; when it closes, the test process is gone, and so is the server.
# The file `ended.RUN` says that a run is over.
directory=$1 template=$2
shift 2
cd "$directory" || exit 1
run=0
: >ended.0

start() {
    run=$1 port=$2
    shift 2
    (
        [ -d data ] || { cp -R "$template" copy && mv copy data; }
        [ ! -e pg_hba.conf ] || cat pg_hba.conf >data/pg_hba.conf
        "$@" -p "$port" </dev/null
        : >"ended.$run"
    ) >>log 2>&1 &
}

# SIGQUIT is PostgreSQL's immediate shutdown; its process id is the first line of the file.
stop() {
    until [ -e "ended.$run" ]; do
        if read -r pid <data/postmaster.pid; then kill -QUIT "$pid"; fi
        sleep 0.02
    done 2>/dev/null
}

# The other ways may take as long as some session does: nothing here waits for them.
ask() {
    if read -r pid <data/postmaster.pid; then kill "-$1" "$pid"; fi
}

while read -r command number port; do
    case $command in
    start) start "$number" "$port" "$@" ;;
    stop) stop ;;
    ask) ask "$number" ;;
    esac
done
stop
cd / && rm -rf "$directory"
