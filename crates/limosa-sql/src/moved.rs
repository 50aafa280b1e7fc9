//! Tables that a file for `SQLite` builds anew by hand, the old one first moved out of the way:
//! `ALTER TABLE t RENAME TO old; CREATE TABLE t ...; INSERT INTO t SELECT ... FROM old; DROP TABLE old`.
//!
//! Since 3.26 the foreign keys, views and triggers of others follow the old table, and are left with nothing when
//! it goes. No author means that, and before 3.26 it was not so: they stay with the name.

use limosa_core::migration::Statement;
use limosa_core::operation::{Mentions, Operation};
use limosa_core::shared::Shared;

/// Marks the renamings after which those who mention the table stay with its name.
pub(crate) fn mark(statements: &mut [Statement]) {
    for at in 0..statements.len() {
        // From there on its author has said what is meant.
        if is_about_it(&statements[at]) {
            return;
        }
        if let Some(moved) = moved(&statements[at], &statements[at + 1..]) {
            statements[at].operations = vec![Shared::new(moved)];
        }
    }
}

fn moved(own: &Statement, behind: &[Statement]) -> Option<Operation> {
    let [only] = own.operations.as_slice() else {
        return None;
    };
    let Operation::RenameTable { from, to, .. } = &**only else {
        return None;
    };
    is_built_anew(&from.name, to, behind).then(|| Operation::RenameTable {
        from: from.clone(),
        to: to.clone(),
        mentions: Mentions::Stay,
    })
}

/// Whether a table of the name is made, and the old one dropped behind that.
fn is_built_anew(name: &str, old: &str, behind: &[Statement]) -> bool {
    let mut behind = behind.iter().flat_map(Statement::operations);
    let creates = |operation: &Operation| {
        matches!(operation, Operation::CreateTable { table, .. }
            if table.name.name.eq_ignore_ascii_case(name))
    };
    let drops = |operation: &Operation| matches!(operation, Operation::DropTable { name, .. } if name.name.eq_ignore_ascii_case(old));
    behind.any(creates) && behind.any(drops)
}

fn is_about_it(statement: &Statement) -> bool {
    statement.operations().any(|operation| {
        matches!(operation, Operation::Sql(sql)
            if sql.text.to_ascii_lowercase().contains("legacy_alter_table"))
    })
}

#[cfg(test)]
mod tests {
    use limosa_core::migration::Statement;
    use limosa_core::operation::{Mentions, Operation};

    use crate::{Language, Text};

    #[track_caller]
    fn check(text: &str, expected: &[Mentions]) {
        let read = Text::read(text, Language::Sqlite).expect("it reads");
        let operations = read.statements.iter().flat_map(Statement::operations);
        let found = operations.filter_map(|operation| match operation {
            Operation::RenameTable { mentions, .. } => Some(*mentions),
            _ => None,
        });
        assert_eq!(found.collect::<Vec<_>>(), expected, "{text}");
    }

    #[test]
    fn a_table_that_makes_room_is_told_from_one_that_is_renamed() {
        use Mentions::{Follow, Stay};
        let rest = "CREATE TABLE T (a); INSERT INTO t SELECT * FROM old; DROP TABLE IF EXISTS Old;";
        check(&format!("ALTER TABLE t RENAME TO old; {rest}"), &[Stay]);
        check("ALTER TABLE t RENAME TO u;", &[Follow]);
        check(
            "ALTER TABLE t RENAME TO old; CREATE TABLE t (a);",
            &[Follow],
        );
        check("ALTER TABLE t RENAME TO old; DROP TABLE old;", &[Follow]);
        check(
            "CREATE TABLE u (a); DROP TABLE t; ALTER TABLE u RENAME TO t;",
            &[Follow],
        );
        check(
            &format!("PRAGMA legacy_alter_table = OFF; ALTER TABLE t RENAME TO old; {rest}"),
            &[Follow],
        );
    }
}
