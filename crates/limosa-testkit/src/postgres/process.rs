//! A server process that cannot outlive the test process.
//!
//! Between the two stands a shell (`watchdog.sh`) that reads a pipe from the test process. When that
//! ends, be it by SIGKILL, the kernel closes the pipe, and the shell stops the server and removes its
//! directory. The shell has a process group of its own, so that what kills the test's group does not
//! reach it.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tokio::time::sleep;

use super::account::Account;
use super::options::Options;
use super::shutdown::Shutdown;
use super::{binaries, template};

const PATIENCE: Duration = Duration::from_secs(60);
const PASSWORDS: &str = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n";

#[derive(Debug)]
pub(super) struct Process {
    directory: PathBuf,
    port: u16,
    /// The number of the current or last run, from 1.
    run: AtomicU32,
    watchdog: Mutex<Child>,
}

/// What became of a start.
enum Start {
    Ready,
    Ended,
    Pending,
}

impl Process {
    /// Starts a server on a free port.
    pub(super) async fn start(options: &Options) -> Self {
        let template = template::directory(&binaries::directory(), Account::find());
        Self::start_from(&template, options).await
    }

    /// Starts a server on a copy of a data directory.
    pub(super) async fn start_from(template: &Path, options: &Options) -> Self {
        let (account, bin) = (Account::find(), binaries::directory());
        let directory = directory(account);
        if options.password.is_some() {
            fs::write(directory.join("pg_hba.conf"), PASSWORDS).expect("write pg_hba.conf");
        }
        let mut command = account.command("/bin/sh");
        command.args(["-c", include_str!("watchdog.sh"), "watchdog"]);
        command.arg(&directory).arg(template);
        command.arg(bin.join("postgres")).arg("-D");
        command.arg(directory.join("data"));
        command.arg("-k").arg(&directory);
        for setting in options.all_settings() {
            command.arg("-c").arg(setting);
        }
        let mut process = Self {
            directory,
            port: 0,
            run: AtomicU32::new(0),
            watchdog: Mutex::new(spawn(command)),
        };
        process.start_on_free_port().await;
        process
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) async fn stop(&self, shutdown: Shutdown) {
        self.tell(shutdown.command());
        let since = Instant::now();
        while !self.has_ended() {
            assert!(since.elapsed() < PATIENCE, "the server does not end");
            sleep(Duration::from_millis(5)).await;
        }
    }

    pub(super) async fn start_again(&self) {
        assert!(self.has_ended(), "the server is running");
        assert!(self.try_start(self.port).await, "{}", self.complaint());
    }

    /// Another process may take a port between our finding it and the server's: then another one.
    async fn start_on_free_port(&mut self) {
        for _ in 0..5 {
            self.port = free_port();
            if self.try_start(self.port).await {
                return;
            }
        }
        panic!("{}", self.complaint());
    }

    async fn try_start(&self, port: u16) -> bool {
        // A crashed server leaves it behind; what follows must not read it.
        drop(fs::remove_file(self.directory.join("data/postmaster.pid")));
        let run = self.run.fetch_add(1, Ordering::Relaxed) + 1;
        self.tell(&format!("start {run} {port}"));
        let since = Instant::now();
        loop {
            match self.look() {
                Start::Ready => return true,
                Start::Ended => return false,
                Start::Pending => {}
            }
            assert!(since.elapsed() < PATIENCE, "{}", self.complaint());
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Whether the server accepts sessions: what `pg_ctl --wait` reads, the eighth line of
    /// `postmaster.pid` (`src/include/utils/pidfile.h`). Connecting could reach another one.
    fn look(&self) -> Start {
        if self.has_ended() {
            return Start::Ended;
        }
        let file = fs::read_to_string(self.directory.join("data/postmaster.pid"));
        match file.unwrap_or_default().lines().nth(7).map(str::trim) {
            Some("ready") => Start::Ready,
            _ => Start::Pending,
        }
    }

    fn has_ended(&self) -> bool {
        let run = self.run.load(Ordering::Relaxed);
        self.directory.join(format!("ended.{run}")).exists()
    }

    fn tell(&self, command: &str) {
        let mut watchdog = self.watchdog.lock().expect("no panic holds this lock");
        let pipe = watchdog.stdin.as_mut().expect("taken only when dropped");
        writeln!(pipe, "{command}").expect("the watchdog lives as long as its pipe");
    }

    fn complaint(&self) -> String {
        let log = fs::read_to_string(self.directory.join("log")).unwrap_or_default();
        format!("the PostgreSQL server did not start; its log:\n{log}")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Ok(watchdog) = self.watchdog.get_mut() {
            drop(watchdog.stdin.take());
            drop(watchdog.wait());
        }
    }
}

fn directory(account: Account) -> PathBuf {
    let directory = tempfile::Builder::new().prefix("limosa-").tempdir();
    let directory = directory.expect("make a temporary directory").keep();
    account.own(&directory);
    directory
}

fn spawn(mut command: Command) -> Child {
    command
        .process_group(0)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("start /bin/sh")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("a bound address").port()
}
