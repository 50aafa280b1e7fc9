//! A migration that was changed after it was applied: which lines.

use limosa_core::error::Error;
use limosa_core::migration::Migrations;
use limosa_core::migrator::Migrator;

use crate::failure::Failure;

/// Lines of each side that are shown at most.
const MOST: usize = 12;

/// The failure of an error; of a changed migration with the lines that changed.
pub(super) async fn failure(
    error: Error,
    session: &mut dyn Migrator,
    migrations: &Migrations,
) -> Failure {
    let Error::Changed { version, .. } = &error else {
        return error.into();
    };
    let id = session.dialect().facts().id;
    let recorded = session.recorded_text(version.as_str()).await;
    let migration = migrations.list().iter().find(|one| one.version == *version);
    let script = migration.and_then(|one| one.script(id));
    let difference = match (recorded, script) {
        (Ok(Some(recorded)), Some(script)) => {
            let now = script.up.iter().filter_map(|one| one.text.as_deref());
            difference(&recorded, &now.collect::<Vec<_>>().join(";\n"))
        }
        _ => String::new(),
    };
    let failure = Failure::from(error);
    if difference.is_empty() {
        failure
    } else {
        failure.detail(difference)
    }
}

/// What lies between the lines that both begin and end with.
fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = before.iter().zip(&after).take_while(same).count();
    let (before, after) = (&before[head..], &after[head..]);
    let tail = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take_while(same)
        .count();
    let (before, after) = (&before[..before.len() - tail], &after[..after.len() - tail]);
    let side = |sign: &'static str, lines: &[&str]| {
        let shown = lines
            .iter()
            .take(MOST)
            .map(move |line| format!("{sign} {line}"));
        shown.collect::<Vec<_>>()
    };
    let mut lines = side("-", before);
    lines.extend(side("+", after));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        assert_eq!(difference(before, after), expected);
    }

    #[test]
    fn shows_what_changed() {
        check("a\nb\nc", "a\nx\nc", "- b\n+ x");
        check("a\nb", "a\nb\nc", "+ c");
        check("a\na", "a", "- a");
        check("a", "a", "");
    }
}
