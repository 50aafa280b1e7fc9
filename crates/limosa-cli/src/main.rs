//! The command `limosa`: arguments in, one answer out.
//!
//! A command's answer is text for people or one JSON document, and an exit status. Everything that
//! knows a database stands behind [`backend`].

mod answer;
mod args;
mod backend;
mod backup;
mod commands;
mod config;
mod exit;
mod failure;
mod live;
mod logs;
mod redact;
mod render;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;

use answer::{Answer, Format};
use args::Cli;
use exit::Exit;
use failure::Failure;

/// How long an interrupted run may take to give its lock back.
const FAREWELL: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    match Cli::try_parse_from(&words) {
        Ok(cli) => run(&cli),
        Err(error) => refuse(&error, &words),
    }
}

fn run(cli: &Cli) -> ExitCode {
    logs::start(cli.global.verbose);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return finish(cli, Err(Failure::other(format!("no runtime: {error}")))),
    };
    let result = runtime.block_on(async {
        tokio::select! {
            result = commands::run(cli) => result,
            _ = tokio::signal::ctrl_c() => Err(Failure::interrupted()),
        }
    });
    runtime.shutdown_timeout(FAREWELL);
    finish(cli, result)
}

fn finish(cli: &Cli, result: Result<Answer, Failure>) -> ExitCode {
    let format = Format::of(cli.global.json);
    let name = cli.command.name();
    match result {
        Ok(answer) => answer.print(format, name).into(),
        Err(failure) => failure.print(format, name).into(),
    }
}

/// Arguments that cannot be read; help and version come this way too.
fn refuse(error: &clap::Error, words: &[OsString]) -> ExitCode {
    if error.use_stderr() && words.iter().any(|word| word == "--json") {
        let text = error.render().to_string();
        let text = text.trim().trim_start_matches("error: ");
        return Failure::usage(text).print(Format::Json, "").into();
    }
    // Nobody is left to tell if the terminal is gone.
    let _ = error.print();
    if error.use_stderr() {
        Exit::Usage.into()
    } else {
        Exit::Done.into()
    }
}
