//! A copy of a running server that will follow it.

use std::path::Path;

use tempfile::TempDir;

use super::account::Account;

/// The name of the data directory in that of a backup; `pg_basebackup` makes it for its owner alone.
pub(super) const DATA: &str = "data";

/// A data directory that `pg_basebackup` made: its `standby.signal` and `primary_conninfo` say whom to
/// follow.
pub(super) fn backup(bin: &Path, socket: &Path, port: u16) -> TempDir {
    let account = Account::find();
    let directory = TempDir::with_prefix("limosa-backup-").expect("make a temporary directory");
    account.own(directory.path());
    let output = account
        .command(bin.join("pg_basebackup"))
        .current_dir("/")
        .args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync"])
        .args(["--username=postgres", "--no-password", "--pgdata"])
        .arg(directory.path().join(DATA))
        .arg("--host")
        .arg(socket)
        .args(["--port", &port.to_string()])
        .output();
    let output = output.expect("run pg_basebackup, which comes with the server");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "pg_basebackup failed: {said}");
    directory
}
