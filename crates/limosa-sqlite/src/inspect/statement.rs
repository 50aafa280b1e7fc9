//! What `CREATE TABLE` says and no pragma tells.

use std::collections::HashMap;

use limosa_core::expr::{Expr, TokenKind};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Action, Check, Constraint, Deferrable, ForeignKey, Key, OnConflict};

use super::reader::Reader;
use crate::dialect::on_conflict as on_conflict_of;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Keys and checks, those behind columns included, in their order.
    pub(crate) constraints: Vec<Constraint>,
    /// By the column's name in lower case.
    pub(crate) columns: HashMap<String, ColumnSaid>,
    pub(crate) strict: bool,
    pub(crate) without_rowid: bool,
}

/// What was said about one column.
#[derive(Debug, Default)]
pub(crate) struct ColumnSaid {
    pub(crate) collation: Option<String>,
    pub(crate) generated: Option<Expr>,
    pub(crate) autoincrement: bool,
}

/// The words that begin a column's constraint, and so end its type.
const BEGINNINGS: [&str; 12] = [
    "CONSTRAINT",
    "PRIMARY",
    "NOT",
    "NULL",
    "UNIQUE",
    "CHECK",
    "DEFAULT",
    "COLLATE",
    "REFERENCES",
    "GENERATED",
    "AS",
    "ON",
];

/// Reads a `CREATE TABLE` statement.
pub(crate) fn read(sql: &str) -> Said {
    let mut said = Said::default();
    let mut outer = Reader::new(sql);
    while outer.peek().is_some() && !outer.is("(") {
        outer.next();
    }
    for option in outer.behind() {
        said.strict |= option.eq_ignore_ascii_case("STRICT");
        said.without_rowid |= option.eq_ignore_ascii_case("ROWID");
    }
    let mut reader = outer.inside();
    while reader.peek().is_some() {
        if reader.is(",") {
            reader.next();
        } else if is_constraint(&reader) {
            of_table(&mut reader, &mut said);
        } else {
            column(&mut reader, &mut said);
        }
    }
    share_answers(&mut said.constraints);
    said
}

/// Keys that share an index have one answer to a second row.
fn share_answers(constraints: &mut [Constraint]) {
    for at in 0..constraints.len() {
        let Some(key) = constraints[at].key() else {
            continue;
        };
        let answer = on_conflict_of(key, constraints);
        if let Constraint::PrimaryKey(key) | Constraint::Unique(key) = &mut constraints[at] {
            key.on_conflict = answer;
        }
    }
}

fn is_constraint(reader: &Reader<'_>) -> bool {
    // These words are reserved: a column of such a name is quoted.
    reader.is_any(&["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"])
}

fn named(reader: &mut Reader<'_>) -> Option<String> {
    reader.eat(&["CONSTRAINT"]).then(|| reader.name()).flatten()
}

fn of_table(reader: &mut Reader<'_>, said: &mut Said) {
    let name = named(reader);
    if reader.eat(&["PRIMARY", "KEY"]) {
        let mut key = Key::new(name, numbered_names(reader, said));
        key.on_conflict = on_conflict(reader);
        said.constraints.push(Constraint::PrimaryKey(key));
    } else if reader.eat(&["UNIQUE"]) {
        let mut key = Key::new(name, reader.names());
        key.on_conflict = on_conflict(reader);
        said.constraints.push(Constraint::Unique(key));
    } else if reader.eat(&["CHECK"]) {
        push_check(reader, name, said);
    } else if reader.eat(&["FOREIGN", "KEY"]) {
        let columns = reader.names();
        reader.eat(&["REFERENCES"]);
        push_reference(reader, name, columns, said);
    } else if !reader.is(",") {
        reader.next();
    }
    on_conflict(reader);
}

/// `(a)` or `(a AUTOINCREMENT)`.
fn numbered_names(reader: &mut Reader<'_>, said: &mut Said) -> Vec<String> {
    let Some(inner) = reader.parenthesised() else {
        return Vec::new();
    };
    let items = super::reader::items(inner);
    let names: Vec<String> = (items.iter())
        .filter_map(|item| Reader::new(item).name())
        .collect();
    if let ([only], [name]) = (items.as_slice(), names.as_slice())
        && Reader::new(only).without_last("AUTOINCREMENT").is_some()
    {
        of(said, name).autoincrement = true;
    }
    names
}

fn of<'a>(said: &'a mut Said, column: &str) -> &'a mut ColumnSaid {
    said.columns.entry(column.to_ascii_lowercase()).or_default()
}

fn column(reader: &mut Reader<'_>, said: &mut Said) {
    let Some(name) = reader.name() else {
        return;
    };
    while reader.peek().is_some() && !reader.is(",") && !begins(reader) {
        if reader.parenthesised().is_none() {
            reader.next();
        }
    }
    while reader.peek().is_some() && !reader.is(",") {
        behind_column(reader, &name, said);
    }
}

/// Whether a clause behind a column's type comes next.
pub(crate) fn begins(reader: &Reader<'_>) -> bool {
    reader
        .peek()
        .is_some_and(|token| token.kind == TokenKind::Word)
        && reader.is_any(&BEGINNINGS)
}

fn behind_column(reader: &mut Reader<'_>, column: &str, said: &mut Said) {
    let name = named(reader);
    if reader.eat(&["PRIMARY", "KEY"]) {
        let _ = reader.eat(&["ASC"]) || reader.eat(&["DESC"]);
        let mut key = Key::new(name, vec![column.to_owned()]);
        key.on_conflict = on_conflict(reader);
        if reader.eat(&["AUTOINCREMENT"]) {
            of(said, column).autoincrement = true;
        }
        said.constraints.push(Constraint::PrimaryKey(key));
    } else if reader.eat(&["UNIQUE"]) {
        let mut key = Key::new(name, vec![column.to_owned()]);
        key.on_conflict = on_conflict(reader);
        said.constraints.push(Constraint::Unique(key));
    } else if reader.eat(&["CHECK"]) {
        push_check(reader, name, said);
    } else if reader.eat(&["REFERENCES"]) {
        push_reference(reader, name, vec![column.to_owned()], said);
    } else if reader.eat(&["COLLATE"]) {
        of(said, column).collation = reader.name();
    } else if reader.eat(&["GENERATED", "ALWAYS", "AS"]) || reader.eat(&["AS"]) {
        of(said, column).generated = reader.expression();
    } else if reader.eat(&["DEFAULT"]) {
        if reader.parenthesised().is_none() {
            reader.next();
        }
    } else {
        // NOT NULL, STORED, a sign in front of a default: told by the pragma.
        reader.next();
        on_conflict(reader);
    }
}

/// `ON CONFLICT what`, which the model holds of keys.
pub(crate) fn on_conflict(reader: &mut Reader<'_>) -> OnConflict {
    if !reader.eat(&["ON", "CONFLICT"]) {
        return OnConflict::Abort;
    }
    let word = reader.next().map_or("", |token| token.text);
    OnConflict::from_sql(word).unwrap_or_default()
}

fn push_check(reader: &mut Reader<'_>, name: Option<String>, said: &mut Said) {
    if let Some(expr) = reader.expression() {
        said.constraints.push(Constraint::Check(Check {
            name,
            expr,
            validated: true,
        }));
    }
}

/// What stands behind `REFERENCES`.
fn push_reference(
    reader: &mut Reader<'_>,
    name: Option<String>,
    columns: Vec<String>,
    said: &mut Said,
) {
    let Some(table) = reader.name() else {
        return;
    };
    let references = reader.names();
    let mut key = ForeignKey::new(columns, ObjectName::new(table), references);
    key.name = name;
    while clause(reader, &mut key) {}
    said.constraints.push(Constraint::ForeignKey(key));
}

fn clause(reader: &mut Reader<'_>, key: &mut ForeignKey) -> bool {
    if reader.eat(&["ON", "DELETE"]) {
        key.on_delete = action(reader);
    } else if reader.eat(&["ON", "UPDATE"]) {
        key.on_update = action(reader);
    } else if reader.eat(&["MATCH"]) {
        key.match_full = reader.is("FULL");
        reader.next();
    } else if reader.eat(&["NOT", "DEFERRABLE"]) {
        let _ = deferral(reader);
    } else if reader.eat(&["DEFERRABLE"]) {
        key.deferrable = deferral(reader);
    } else {
        return false;
    }
    true
}

fn deferral(reader: &mut Reader<'_>) -> Deferrable {
    if reader.eat(&["INITIALLY", "DEFERRED"]) {
        return Deferrable::InitiallyDeferred;
    }
    reader.eat(&["INITIALLY", "IMMEDIATE"]);
    Deferrable::InitiallyImmediate
}

fn action(reader: &mut Reader<'_>) -> Action {
    let actions: [(&[&str], Action); 5] = [
        (&["SET", "NULL"], Action::SetNull),
        (&["SET", "DEFAULT"], Action::SetDefault),
        (&["CASCADE"], Action::Cascade),
        (&["RESTRICT"], Action::Restrict),
        (&["NO", "ACTION"], Action::NoAction),
    ];
    let found = actions.into_iter().find(|(words, _)| reader.eat(words));
    found.map_or(Action::NoAction, |(_, action)| action)
}

#[cfg(test)]
mod tests;
