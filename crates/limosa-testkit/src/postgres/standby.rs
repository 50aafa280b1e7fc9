//! A copy of a server's data that will follow it.
//!
//! Copied while the server is stopped: `pg_basebackup` needs no stop, but belongs to the client's
//! binaries, which a machine may have in another version or not at all.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use tempfile::TempDir;

use super::account::Account;

/// The name of the data directory in that of a copy; it belongs to the server's user alone.
pub(super) const DATA: &str = "data";

/// Copies the data directory of a stopped server, and says whom to follow: the one with this socket and
/// port.
pub(super) fn copy(stopped: &Path, socket: &Path, port: u16) -> TempDir {
    let account = Account::find();
    let directory = TempDir::with_prefix("limosa-standby-").expect("make a temporary directory");
    account.own(directory.path());
    let data = directory.path().join(DATA);
    let status = account
        .command("cp")
        .current_dir("/")
        .arg("-R")
        .args([stopped, &data])
        .status();
    assert!(status.expect("run cp").success(), "cp failed");
    follow(&data, socket, port).expect("write in a directory of our own");
    directory
}

/// Makes a standby of it (`PostgreSQL`'s documentation, 27.2.4, "Setting Up a Standby Server").
fn follow(data: &Path, socket: &Path, port: u16) -> std::io::Result<()> {
    fs::write(data.join("standby.signal"), "")?;
    let settings = data.join("postgresql.auto.conf");
    let mut settings = File::options().append(true).open(settings)?;
    let socket = socket.display();
    writeln!(
        settings,
        "primary_conninfo = 'host={socket} port={port} user=postgres'"
    )
}
