//! Builds the programs, each in a workspace of its own: they want different versions of libsqlite3-sys,
//! of which only one can be linked.

use std::path::PathBuf;
use std::process::Command;

use crate::Places;
use crate::tools::{Tool, programs};

/// The program that is measured.
pub fn measured(places: &Places, tool: &Tool) -> PathBuf {
    places
        .target
        .join("measured")
        .join(tool.directory)
        .join("release/measured")
}

/// Builds all that are measured.
pub fn all(places: &Places) {
    for tool in programs() {
        eprintln!("building {}", tool.directory);
        let target = places.target.join("measured").join(tool.directory);
        let mut command = cargo(places, tool, "build");
        command.args([
            "--release",
            "--quiet",
            "--bin",
            "measured",
            "--features",
            tool.features,
        ]);
        let status = command
            .arg("--target-dir")
            .arg(target)
            .status()
            .expect("cargo can be started");
        assert!(status.success(), "{} does not build", tool.directory);
    }
}

/// Cargo in a tool's workspace.
pub fn cargo(places: &Places, tool: &Tool, what: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .arg(what)
        .current_dir(places.tools.join(tool.directory));
    command
}
