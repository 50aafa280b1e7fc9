//! A fresh data directory, made once for each version and user, and copied for each server.
//!
//! `initdb` takes most of a second, a copy less than a tenth: it matters where every test is a
//! process of its own.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::account::Account;

/// The data directory to copy. Made by the first process that asks; the others wait for it.
pub(super) fn directory(bin: &Path, account: Account) -> PathBuf {
    let version = version(&bin.join("postgres"));
    // The user that runs the test is part of the name: nobody else's files are trusted or touched.
    let runner = match account {
        Account::Own(_) => "own",
        Account::Other(..) => "root",
    };
    let user = account.user();
    let root = env::temp_dir().join(format!("limosa-initdb-{runner}-{user}"));
    fs::create_dir_all(&root).expect("make a directory for the templates");
    account.own(&root);
    let template = root.join(version);
    let lock = File::create(template.with_extension("lock")).expect("make a lock file");
    lock.lock().expect("lock a file");
    if !template.is_dir() {
        make(bin, account, &template);
    }
    template
}

/// A rename ends it: a process killed on the way leaves nothing that looks complete.
fn make(bin: &Path, account: Account, template: &Path) {
    let partial = template.with_extension("partial");
    if partial.exists() {
        fs::remove_dir_all(&partial).expect("remove what a killed process left");
    }
    let output = account
        .command(bin.join("initdb"))
        .current_dir("/")
        .args(["--auth=trust", "--username=postgres", "--no-sync"])
        .args(["--encoding=UTF8", "--locale=C", "--wal-segsize=1"])
        .arg("-D")
        .arg(&partial)
        .output();
    expect_success(
        "initdb",
        &output.expect("run initdb; for root as another user, who must be able to reach it"),
    );
    fs::rename(&partial, template).expect("rename within a directory");
}

/// `postgres (PostgreSQL) 15.18 (Debian ...)` as a file name.
fn version(postgres: &Path) -> String {
    let output = Command::new(postgres).arg("--version").output();
    let output = output.expect("run postgres --version");
    expect_success("postgres --version", &output);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    String::from_utf8_lossy(&output.stdout)
        .trim()
        .replace(|c| !is_plain(c), "_")
}

fn expect_success(what: &str, output: &Output) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} failed: {said}");
}
