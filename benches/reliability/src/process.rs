//! A tool's program at work, for a bounded time: one that hangs is killed, and that is a result too.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use crate::place::Kind;
use crate::tool::Tool;

/// How long a program may take to connect.
const CONNECT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub struct Peer {
    child: Child,
    said: Receiver<String>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    Done,
    /// With this message, cut short.
    Failed(String),
    /// It was still at work when its time was over.
    Hung,
}

impl Peer {
    /// Starts a program; returns when it is ready, or why it is not.
    pub fn start(tool: &Tool, arguments: &[&str]) -> Result<Self, End> {
        let mut child = Command::new(tool.program())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program was built");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        let (say, said) = channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                let _ = say.send(line);
            }
        });
        let mut peer = Self { child, said };
        match peer.hears(CONNECT) {
            Ok(line) if line == "ready" => Ok(peer),
            Ok(line) => Err(End::Failed(short(&line))),
            Err(end) => Err(end),
        }
    }

    /// Starts a program that brings a database up to date.
    pub fn migrate(tool: &Tool, kind: Kind, target: &str, directory: &Path) -> Result<Self, End> {
        let directory = directory.to_str().expect("a path of ASCII");
        Self::start(tool, &["migrate", kind.name(), target, directory])
    }

    /// The word to go on.
    pub fn begin(&mut self) {
        // One that ended already is found out by its end.
        let _ = writeln!(self.child.stdin.as_mut().expect("a pipe"));
    }

    /// The next line, before a time is over.
    pub fn hears(&mut self, limit: Duration) -> Result<String, End> {
        self.said.recv_timeout(limit).map_err(|error| match error {
            RecvTimeoutError::Timeout => End::Hung,
            RecvTimeoutError::Disconnected => End::Failed("it ended without a word".to_owned()),
        })
    }

    /// Waits for its end.
    pub fn end(mut self, limit: Duration) -> End {
        let end = match self.hears(limit) {
            Ok(line) if line == "done" => End::Done,
            Ok(line) => End::Failed(short(&line)),
            Err(end) => end,
        };
        self.kill();
        end
    }

    /// Kills it with SIGKILL; does nothing to one that ended.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One run from its start to its end, and how long it was at work.
pub fn run(
    tool: &Tool,
    kind: Kind,
    target: &str,
    directory: &Path,
    limit: Duration,
) -> (End, Duration) {
    match Peer::migrate(tool, kind, target, directory) {
        Ok(mut peer) => {
            let since = Instant::now();
            peer.begin();
            let end = peer.end(limit);
            (end, since.elapsed())
        }
        Err(end) => (end, Duration::ZERO),
    }
}

fn short(line: &str) -> String {
    let line = line.strip_prefix("failed ").unwrap_or(line);
    let mut text: String = line.chars().take(160).collect();
    if text.len() < line.len() {
        text.push('…');
    }
    text
}
