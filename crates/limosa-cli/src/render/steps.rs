//! Steps of migrations, one line each: what, and what was found.

use anstyle::Style;
use limosa_core::plan::Verdict;
use limosa_core::report::Ran;
use limosa_core::version::Version;

use super::{BAD, FAINT, FOUND, GOOD, STRONG, WARN, pad, paint, time, widest};

/// Beyond this width what a step does is not aligned any more.
const WIDEST: usize = 64;

/// Applied migrations of which there are no files, a line each.
pub(crate) fn gone(versions: &[Version]) -> String {
    let line = |version| {
        let gone = paint(WARN, "gone:");
        format!("{gone} {version} is applied, but its files are not here\n")
    };
    versions.iter().map(line).collect()
}

/// How a verdict is shown: a sign, a word or two, and a colour.
pub(crate) struct Mark {
    /// One column wide.
    pub(crate) sign: &'static str,
    /// What became of the step.
    pub(crate) word: &'static str,
    /// What was found, or why.
    pub(crate) note: String,
    /// The colour.
    pub(crate) style: Style,
}

/// Whether steps are still to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tense {
    /// They are planned.
    Future,
    /// They are done.
    Past,
}

impl Mark {
    /// The mark of a verdict.
    pub(crate) fn of(verdict: &Verdict, tense: Tense) -> Self {
        let (sign, word, note, style) = match (verdict, tense) {
            (Verdict::Execute, Tense::Past) => ("✓", "executed", String::new(), GOOD),
            (Verdict::Execute, Tense::Future) => ("+", "execute", String::new(), GOOD),
            (Verdict::Adopt { found }, _) => ("=", "already there", found.clone(), FOUND),
            (Verdict::Nothing { why }, _) => ("·", "nothing to do", why.clone(), FAINT),
            (Verdict::Done, _) => ("·", "done before", String::new(), FAINT),
            (Verdict::Conflict { reasons }, _) => ("✗", "conflict", reasons.join("; "), BAD),
        };
        Self {
            sign,
            word,
            note,
            style,
        }
    }

    /// The line of a step.
    pub(crate) fn line(&self, summary: &str, width: usize) -> String {
        let note = match self.note.trim_start_matches(self.word) {
            "" => String::new(),
            rest if rest.len() < self.note.len() => rest.to_owned(),
            note => format!(": {note}"),
        };
        format!(
            "  {} {}  {}{}\n",
            paint(self.style, self.sign),
            pad(summary, width),
            paint(self.style, self.word),
            paint(FAINT, note),
        )
    }
}

/// How wide the summaries of steps are.
pub(crate) fn width<'a>(summaries: impl IntoIterator<Item = &'a str>) -> usize {
    widest(summaries, WIDEST)
}

/// A migration's heading.
pub(crate) fn heading(version: impl std::fmt::Display, name: &str) -> String {
    format!("{} {}", paint(STRONG, version), paint(STRONG, name))
}

/// A migration that was done, with its steps.
pub(crate) fn ran(ran: &Ran) -> String {
    let took = time::span(ran.finished_at - ran.started_at);
    let mut text = format!(
        "{}  {}\n",
        heading(&ran.version, &ran.name),
        paint(FAINT, took)
    );
    let width = width(ran.steps.iter().map(|step| step.summary.as_str()));
    for step in &ran.steps {
        text.push_str(&Mark::of(&step.verdict, Tense::Past).line(&step.summary, width));
    }
    if ran.steps.is_empty() {
        text.push_str(&format!(
            "  {}\n",
            paint(FAINT, "no statement for this database")
        ));
    }
    text
}
