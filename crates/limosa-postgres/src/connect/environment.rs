//! The environment variables that libpq knows (manual section 34.15), as far as they are of use here.

/// Where settings come from that a URL leaves out.
pub(super) trait Environment {
    /// The variable's value, unless it is missing or empty.
    fn variable(&self, name: &str) -> Option<String>;
}

/// The environment of this process.
#[derive(Debug)]
pub(super) struct Process;

impl Environment for Process {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
}
