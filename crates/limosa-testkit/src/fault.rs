//! Fault injection: a session in which something goes wrong at a place that was chosen.
//!
//! A run is a row of gaps: before each command of each batch, each reading, each attempt to lock, and
//! behind the last call. A first run counts them ([`Faults::none`], [`Trail`]); then one run for each
//! of them strikes there. Where it strikes, the batch is cut in two, so that the gap lies between two
//! commands that the database really carried out, or did not; everything else is sent as it always is.

mod session;

use std::fmt;
use std::pin::Pin;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

pub use session::Faulty;

/// What happens at the chosen place.
#[derive(Clone)]
pub enum Fault {
    /// The connection is lost: this call and all later ones say so, and the database hears nothing.
    Lose,
    /// This process is killed with SIGKILL.
    Kill,
    /// This process panics, as an event handler of the caller's may.
    Panic,
    /// Something outside the session, which then goes on and meets what is left.
    Act(Action),
    /// Statements that the session itself carries out, one by one, in the transaction that is open there: what
    /// a defect would have done to the rows.
    Meddle(Vec<String>),
}

/// Something to do.
pub type Action = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// What goes wrong in a session, and where.
#[derive(Clone, Debug)]
pub struct Faults {
    at: Option<usize>,
    fault: Fault,
    trail: Trail,
}

/// The gaps that a session has come to, in order.
#[derive(Clone, Debug, Default)]
pub struct Trail(Arc<Mutex<Vec<String>>>);

impl Faults {
    /// Nothing goes wrong: for counting.
    pub fn none() -> Self {
        Self {
            at: None,
            fault: Fault::Lose,
            trail: Trail::default(),
        }
    }

    /// A fault at a gap, by its number from 0.
    pub fn at(gap: usize, fault: Fault) -> Self {
        Self {
            at: Some(gap),
            fault,
            trail: Trail::default(),
        }
    }

    /// Where the session has been.
    pub fn trail(&self) -> Trail {
        self.trail.clone()
    }
}

impl Trail {
    /// What lies behind each gap: `before commit`.
    ///
    /// # Panics
    /// Never: nothing panics while it holds the lock.
    pub fn gaps(&self) -> Vec<String> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    fn add(&self, gaps: impl IntoIterator<Item = String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.extend(gaps);
    }
}

/// Ends this process as SIGKILL does: nothing is flushed, dropped or said.
fn kill_self() -> ! {
    loop {
        // The standard library sends no signal to its own process.
        let shell = Command::new("/bin/sh")
            .args(["-c", "kill -9 $PPID"])
            .stdin(Stdio::null())
            .status();
        shell.expect("start /bin/sh");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lose => "Lose",
            Self::Kill => "Kill",
            Self::Panic => "Panic",
            Self::Act(_) => "Act",
            Self::Meddle(_) => "Meddle",
        })
    }
}
