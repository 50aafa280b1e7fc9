//! Words, colours and alignment of what people read.

pub(crate) mod lines;
pub(crate) mod plan;
pub(crate) mod steps;
pub(crate) mod table;
pub(crate) mod time;

use std::fmt::Display;

use anstyle::{AnsiColor, Style};
use limosa_core::migrator::Server;
use unicode_width::UnicodeWidthStr;

/// What stands out.
pub(crate) const STRONG: Style = Style::new().bold();
/// What matters less.
pub(crate) const FAINT: Style = Style::new().dimmed();
/// What went well.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What was found to be there.
pub(crate) const FOUND: Style = AnsiColor::Cyan.on_default();
/// What deserves a look.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// What went wrong.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();

/// Text in a style.
pub(crate) fn paint(style: Style, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Text filled up with spaces to a width in columns of the terminal.
pub(crate) fn pad(text: &str, width: usize) -> String {
    let fill = width.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(fill))
}

/// How wide the widest text is, up to a limit.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>, limit: usize) -> usize {
    let widths = texts.into_iter().map(UnicodeWidthStr::width);
    widths.max().unwrap_or_default().min(limit)
}

/// A number of things: `1 migration`, `3 migrations`.
pub(crate) fn count(number: usize, thing: &str) -> String {
    match (number, thing.strip_suffix('x')) {
        (1, _) => format!("1 {thing}"),
        (_, Some(_)) => format!("{number} {thing}es"),
        _ => format!("{number} {thing}s"),
    }
}

/// A size in bytes, in at most three digits or so: `12.3 MB`.
pub(crate) fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let (mut tenths, mut unit) = (bytes / 100, 0);
    while tenths >= 10_000 && unit + 1 < units.len() {
        tenths /= 1000;
        unit += 1;
    }
    format!("{}.{} {}", tenths / 10, tenths % 10, units[unit])
}

/// What a session is connected to, in one line.
pub(crate) fn server(server: &Server, missing: Option<&str>) -> String {
    let mut words = vec![paint(STRONG, &server.product)];
    match missing {
        Some(file) => words.push(format!("{file} (no such file yet)")),
        None => words.push(server.database.clone()),
    }
    if let Some(role) = &server.role {
        words.push(format!("role {role}"));
        if let Some(schema) = &server.default_schema {
            words.push(format!("schema {schema}"));
        }
    }
    words.join(&paint(FAINT, " · "))
}

/// Lines moved to the right.
pub(crate) fn indent(text: &str, by: usize) -> String {
    let margin = " ".repeat(by);
    let lines: Vec<String> = text.lines().map(|line| format!("{margin}{line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aligns_by_columns_of_the_terminal() {
        assert_eq!(pad("é", 3), "é  ");
        assert_eq!(pad("表", 3), "表 ");
        assert_eq!(pad("long", 2), "long");
        assert_eq!(widest(["a", "表", "abcdef"], 4), 4);
    }

    #[test]
    fn sizes() {
        assert_eq!(size(999), "999 B");
        assert_eq!(size(12_345), "12.3 kB");
        assert_eq!(size(1_000_000), "1.0 MB");
        assert_eq!(size(7_654_000_000), "7.6 GB");
    }

    #[test]
    fn counts_things() {
        assert_eq!(count(1, "migration"), "1 migration");
        assert_eq!(count(0, "step"), "0 steps");
        assert_eq!(count(2, "index"), "2 indexes");
    }
}
