//! A failure for people: what, where in which file, and what to do.

use std::io::Write;
use std::ops::Range;
use std::path::Path;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::{Account, Executed, Place};

pub(super) fn print(account: &Account) {
    let mut groups = vec![headline(account)];
    groups.extend(account.conflicts.iter().map(|conflict| {
        let group = Group::with_title(Level::ERROR.secondary_title(conflict.step.clone()));
        let label = conflict.reasons.join("\n");
        match (&conflict.path, label) {
            (Some(path), label) => at_line(group, path, conflict.line, &label),
            (None, label) => group.element(Level::NOTE.message(label)),
        }
    }));
    let renderer = Renderer::styled().decor_style(DecorStyle::Ascii);
    // Nobody is left to tell if standard error is gone.
    let _ = writeln!(anstream::stderr().lock(), "{}", renderer.render(&groups));
}

fn headline(account: &Account) -> Group<'_> {
    let title = match &account.code {
        Some(code) => format!("{} ({code})", account.message),
        None => account.message.clone(),
    };
    let mut group = Group::with_title(Level::ERROR.primary_title(title));
    if let Some(place) = &account.place {
        group = locate(group, place);
    }
    if let Some(database) = &account.database {
        group = group.element(Level::NOTE.with_name("database").message(database.clone()));
    }
    for detail in &account.details {
        group = group.element(Level::NOTE.message(detail.clone()));
    }
    for difference in &account.differences {
        group = group.element(Level::NOTE.message(difference.to_string()));
    }
    for loss in &account.losses {
        group = group.element(Level::NOTE.with_name("lost").message(loss.clone()));
    }
    for kept in [kept(account), kept_in_part(account)].into_iter().flatten() {
        group = group.element(Level::NOTE.message(kept));
    }
    for hint in &account.hints {
        group = group.element(Level::HELP.message(hint.clone()));
    }
    group
}

/// What the run did before it failed.
fn kept(account: &Account) -> Option<String> {
    let done = &account.report.as_ref()?.migrations;
    let last = done.last()?;
    Some(match done.len() {
        1 => format!("{}_{} is done and kept", last.version, last.name),
        more => format!(
            "{more} migrations are done and kept, up to {}",
            last.version
        ),
    })
}

/// The migration that it stopped in, if a part of that stays.
fn kept_in_part(account: &Account) -> Option<String> {
    let begun = account.report.as_ref()?.begun.as_ref()?;
    let (version, name, done) = (&begun.version, &begun.name, begun.done);
    Some(format!(
        "{version}_{name} is done as far as step {done} of {}, and that is kept",
        begun.steps
    ))
}

fn locate<'a>(group: Group<'a>, place: &'a Place) -> Group<'a> {
    match (&place.statement, place.line) {
        (Some(statement), _) => at_statement(group, &place.path, statement),
        (None, Some(line)) if secretless(&place.path) => at_line(group, &place.path, line, ""),
        (None, line) => {
            let origin = Origin::path(place.path.as_str());
            group.element(match line {
                Some(line) => origin.line(line as usize),
                None => origin,
            })
        }
    }
}

/// Whether a file's lines may be shown: those of configuration files may hold passwords.
fn secretless(path: &str) -> bool {
    Path::new(path)
        .extension()
        .is_some_and(|kind| kind.eq_ignore_ascii_case("sql"))
}

fn at_line<'a>(group: Group<'a>, path: &str, line: u32, label: &str) -> Group<'a> {
    // What is not UTF-8 is shown as far as it goes.
    let bytes = std::fs::read(path).unwrap_or_default();
    let source = String::from_utf8_lossy(&bytes).into_owned();
    if let Some(span) = line_span(&source, line) {
        return group.element(excerpt(path, source, span, label));
    }
    let group = group.element(Origin::path(path.to_owned()).line(line as usize));
    if label.is_empty() {
        group
    } else {
        group.element(Level::NOTE.message(label.to_owned()))
    }
}

fn at_statement<'a>(group: Group<'a>, path: &str, executed: &'a Executed) -> Group<'a> {
    let source = std::fs::read_to_string(path).unwrap_or_default();
    if let Some(span) = statement_span(&source, executed) {
        return group.element(excerpt(path, source, span, ""));
    }
    // What was executed are not the author's words: both are shown.
    let span = match executed.position {
        Some(position) => word(&executed.text, position),
        None => 0..executed.text.len(),
    };
    let snippet = Snippet::source(executed.text.as_str())
        .path("the SQL that was executed")
        .annotation(AnnotationKind::Primary.span(span));
    at_line(group, path, executed.line, "this step").element(snippet)
}

fn excerpt<'a>(
    path: &str,
    source: String,
    span: Range<usize>,
    label: &str,
) -> Snippet<'a, annotate_snippets::Annotation<'a>> {
    let annotation = AnnotationKind::Primary.span(span);
    let annotation = if label.is_empty() {
        annotation
    } else {
        annotation.label(label.to_owned())
    };
    Snippet::source(source)
        .path(path.to_owned())
        .annotation(annotation)
}

/// A line without the space around it, in bytes.
fn line_span(source: &str, line: u32) -> Option<Range<usize>> {
    let start = line_start(source, line)?;
    let text = source[start..].lines().next()?;
    let lead = text.len() - text.trim_start().len();
    (!text.trim().is_empty()).then(|| start + lead..start + lead + text.trim().len())
}

fn line_start(source: &str, line: u32) -> Option<usize> {
    let skip = (line as usize).checked_sub(1)?;
    let before = source.split_inclusive('\n').take(skip);
    let start = before.map(str::len).sum();
    (start < source.len()).then_some(start)
}

/// What the database points to, in bytes of the file; the first line of the statement if it points
/// nowhere. None if the statement is not in the file as it was executed.
fn statement_span(source: &str, executed: &Executed) -> Option<Range<usize>> {
    let from = line_start(source, executed.line)?;
    let start = from + source[from..].find(&executed.text)?;
    let span = match executed.position {
        Some(position) => word(&executed.text, position),
        None => 0..executed.text.lines().next().unwrap_or_default().len(),
    };
    Some(start + span.start..start + span.end)
}

/// The word, or the sign, at a place in characters; in bytes.
fn word(text: &str, position: usize) -> Range<usize> {
    let mut rest = text.char_indices().skip(position);
    let Some((start, first)) = rest.next() else {
        let end = text.trim_end().len();
        return end.saturating_sub(1)..end;
    };
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let quote = matches!(first, '"' | '\'').then_some(first);
    let end = rest.find(|(_, c)| match quote {
        Some(quote) => *c == quote,
        None => !in_word(*c),
    });
    match (end, quote) {
        (Some((at, _)), Some(_)) => start..at + 1,
        (Some((at, _)), None) if in_word(first) => start..at,
        (None, _) if in_word(first) => start..text.len(),
        _ => start..start + first.len_utf8(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(position: Option<usize>, expected: Option<&str>) {
        let source = "-- Grüße\nSELECT 1;\n  ALTER TABLE \"t x\" ADD é intt;\n";
        let executed = Executed {
            text: "ALTER TABLE \"t x\" ADD é intt".to_owned(),
            position,
            line: 3,
        };
        let found = statement_span(source, &executed).map(|span| &source[span]);
        assert_eq!(found, expected);
    }

    #[test]
    fn points_into_files() {
        check(None, Some("ALTER TABLE \"t x\" ADD é intt"));
        check(Some(0), Some("ALTER"));
        check(Some(12), Some("\"t x\""));
        check(Some(22), Some("é"));
        check(Some(24), Some("intt"));
        check(Some(99), Some("t"));
    }

    #[test]
    fn finds_lines() {
        let source = "a\n  b \n\n";
        assert_eq!(line_span(source, 2).map(|span| &source[span]), Some("b"));
        assert_eq!(line_span(source, 3), None);
        assert_eq!(line_span(source, 0), None);
        assert_eq!(line_span(source, 9), None);
    }
}
