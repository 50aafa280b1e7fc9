//! `completions`: a shell's completions.

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::answer::Answer;
use crate::args::Cli;
use crate::exit::Exit;

pub(super) fn run(shell: Shell) -> Answer {
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "limosa", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    Answer::new(Exit::Done, script.clone())
        .with("shell", shell.to_string())
        .with("script", script)
}
