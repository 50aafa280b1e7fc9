//! Programs: the client's own, others in their place, and the command itself, limited or killed.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use limosa_testkit::postgres::Server;

use crate::PATIENCE;
use crate::support::{Place, Ran, finish};

/// A program that answers as one of another version, in a directory of its own.
pub(crate) fn program(place: &Place, name: &str, script: &str) -> PathBuf {
    place.write(name, &format!("#!/bin/sh\n{script}\n"));
    let path = place.path(name);
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, executable).expect("make it executable");
    path
}

/// Where the real `pg_dump`, `pg_restore` and `psql` are: the servers of a matrix come without.
pub(crate) fn client_programs() -> PathBuf {
    let own = Server::binaries();
    if own.join("pg_dump").is_file() {
        return own;
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").expect("a directory for each version");
    let places = versions.map(|one| one.expect("a directory").path().join("bin"));
    let complete = places.filter(|place| place.join("pg_dump").is_file());
    complete
        .max()
        .expect("pg_dump is installed: ./scripts/test does that")
}

/// Runs it with a limit on the size of files, in blocks of 512 bytes or of a kilobyte: it holds for
/// every user, root too.
pub(crate) fn limited(place: &Place, words: &str, blocks: u32) -> Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    let inner = place.command(words);
    let mut command = Command::new("sh");
    command
        .args(["-c", &script])
        .arg(inner.get_program())
        .args(inner.get_args())
        .args(["-d", &place.url])
        .current_dir(inner.get_current_dir().expect("a directory"));
    finish(&mut command)
}

pub(crate) fn start(place: &Place, words: &str) -> Child {
    let mut command = place.command(words);
    command.args(["-d", &place.url]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("the binary runs")
}

/// Starts it and kills it as soon as something is so; it must not come to its end.
pub(crate) fn kill_when(mut child: Child, is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < PATIENCE, "it was waited for in vain");
        let ended = child.try_wait().expect("a child");
        assert!(ended.is_none(), "it came to its end before it was killed");
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().expect("it can be killed");
    child.wait().expect("it ends");
}
