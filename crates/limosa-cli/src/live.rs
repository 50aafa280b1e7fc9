//! What a run shows while it is under way: finished migrations on standard output, and on a terminal
//! the running step on the last line.

use std::io::{IsTerminal, stderr, stdout};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use limosa_core::event::Event;
use limosa_core::migrator::Holder;
use limosa_core::progress;

use crate::answer::{Format, write_text};
use crate::backup::Progress;
use crate::render::{FAINT, WARN, count, paint, steps, time};

/// Between two lines about waiting where there is no terminal.
const WAIT_LINES: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(100);

/// The display of one run.
#[derive(Clone)]
pub(crate) struct Live(Arc<Mutex<Display>>);

struct Display {
    format: Format,
    bar: Option<ProgressBar>,
    pending: usize,
    /// The step that began last.
    step: String,
    next_wait_line: Duration,
}

impl Live {
    /// A display; nothing is shown where the answer is a document.
    pub(crate) fn new(format: Format) -> Self {
        let terminal = stdout().is_terminal() && stderr().is_terminal();
        let bar = (format == Format::Text && terminal).then(spinner);
        Self(Arc::new(Mutex::new(Display {
            format,
            bar,
            pending: 0,
            step: String::new(),
            next_wait_line: Duration::ZERO,
        })))
    }

    /// Shows an event.
    pub(crate) fn show(&self, event: &Event<'_>) {
        self.with(|display| display.show(event));
    }

    /// Shows what is being done.
    pub(crate) fn say(&self, text: String) {
        self.with(|display| display.say(text));
    }

    /// Something to tell what is being done.
    pub(crate) fn progress(&self) -> Progress {
        let live = self.clone();
        Arc::new(move |text| live.say(text))
    }

    /// Shows lines that stay.
    pub(crate) fn print(&self, text: &str) {
        self.with(|display| display.print(text));
    }

    /// Takes the last line away.
    pub(crate) fn end(&self) {
        self.with(|display| {
            if let Some(bar) = display.bar.take() {
                bar.finish_and_clear();
            }
        });
    }

    fn with(&self, show: impl FnOnce(&mut Display)) {
        // A display that panicked half-way is still good enough to show the next line.
        let mut display = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if display.format == Format::Text {
            show(&mut display);
        }
    }
}

/// What is done, where nobody knows how much there is of it.
const DOING: &str = "{spinner} {wide_msg} {elapsed}";
/// What is done, and how many of the rows.
const ROWS: &str = "{spinner} {msg} {wide_bar} {human_pos} of {human_len} rows {elapsed}";

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_style(style(DOING));
    bar.enable_steady_tick(TICK);
    bar
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

impl Display {
    fn show(&mut self, event: &Event<'_>) {
        match event {
            Event::Waiting { holder, waited } => self.waiting(*holder, *waited),
            Event::Behind { pending, waited } => {
                let what = count(*pending, "migration");
                self.patience(&format!("waiting for {what} to be applied"), *waited);
            }
            Event::Planned { migrations } => {
                self.pending = migrations.len();
                self.say(count(self.pending, "migration"));
            }
            Event::Started { migration } => {
                self.say(format!("{} {}", migration.version, migration.name));
            }
            Event::StepStarted { migration, step } => {
                self.step = format!("{} {}: {}", migration.version, migration.name, step.summary);
                self.say(self.step.clone());
            }
            Event::Progress { progress } => self.advance(progress),
            Event::Finished { ran } => self.print(&steps::ran(ran)),
            Event::Warning { message } => {
                self.print(&format!("{} {message}\n", paint(WARN, "warning:")));
            }
            _ => {}
        }
    }

    fn waiting(&mut self, holder: Option<&Holder>, waited: Duration) {
        self.patience(
            &format!("waiting for another runner{}", who(holder)),
            waited,
        );
    }

    fn patience(&mut self, what: &str, waited: Duration) {
        let text = format!("{what}, {} s", waited.as_secs());
        match &self.bar {
            Some(bar) => bar.set_message(text),
            None if waited >= self.next_wait_line => {
                self.next_wait_line = waited + WAIT_LINES;
                anstream::eprintln!("{}", paint(FAINT, text));
            }
            None => {}
        }
    }

    fn say(&self, text: String) {
        if let Some(bar) = &self.bar {
            // One without a length was no bar of rows.
            if bar.length().is_some() {
                bar.unset_length();
                bar.set_style(style(DOING));
            }
            bar.set_message(text);
        }
    }

    /// What the step is doing, on its line.
    fn advance(&self, progress: &progress::Progress) {
        let text = format!("{}: {}", self.step, progress.what);
        let (Some(rows), Some(bar)) = (progress.rows, &self.bar) else {
            return self.say(text);
        };
        if bar.length() != Some(rows.total) {
            bar.set_length(rows.total);
            bar.set_style(style(ROWS));
        }
        bar.set_message(text);
        bar.set_position(rows.done);
    }

    fn print(&self, text: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| write_text(text)),
            None => write_text(text),
        }
    }
}

fn who(holder: Option<&Holder>) -> String {
    let Some(holder) = holder else {
        return String::new();
    };
    let words = [
        holder.process.map(|process| format!("process {process}")),
        holder.application.clone(),
        holder
            .since
            .map(|since| format!("since {}", time::point(since))),
    ];
    let words: Vec<String> = words.into_iter().flatten().collect();
    if words.is_empty() {
        return String::new();
    }
    format!(" ({})", words.join(", "))
}

#[cfg(test)]
mod tests;
