//! The new table's `CREATE TABLE`: the old one's words, but for what changes.
//!
//! What the model has no place for (`NOT NULL ON CONFLICT`, comments, the collation of a key) stays, because
//! the words around it do. Where a whole table must be said anew, such a word is a refusal.

use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Lexicon, TokenKind, tokens};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Column, Constraint, Schema, Table};

use super::super::{column, constraint, names, quoted, table, typed, unsupported};
use super::clause::{self, Kind};
use super::{Change, same};
use crate::inspect::reader::{Reader, spans};
use crate::inspect::statement::{self, Said};

/// The statement that creates the new table.
pub(super) fn create(change: &Change<'_>) -> Result<String, Unsupported> {
    let Some(text) = change.before.written.text() else {
        return said_anew(change);
    };
    let numbering = |table: &Table| table.columns.iter().any(|column| column.identity.is_some());
    if numbering(change.before) != numbering(change.after) {
        if let Some(word) = beyond(text) {
            return Err(refusal(change, word));
        }
        return said_anew(change);
    }
    let edited = edit(change, text)?;
    Ok(format!("CREATE TABLE {} ({edited}", quoted(&change.name)))
}

/// From the model alone.
fn said_anew(change: &Change<'_>) -> Result<String, Unsupported> {
    let mut new = change.after.clone();
    new.name = ObjectName::new(change.name.clone());
    let statements = match change.before.written.text() {
        Some(_) => table::said(&new, change.result)?,
        // Nobody has asked the catalog yet.
        None => table::said(&typed::shown(&new), change.result)?,
    };
    Ok(statements
        .iter()
        .map(|text| names::unqualified(text, &change.before.name.name))
        .collect())
}

fn refusal(change: &Change<'_>, word: &str) -> Unsupported {
    unsupported(
        format!("build the table {} anew", change.before.name),
        format!(
            "its definition says {word}, which would be lost; write the new table yourself, in \
             migration.sqlite.sql"
        ),
    )
}

/// What the words say beyond the model.
fn beyond(text: &str) -> Option<&'static str> {
    let mut reader = Reader::new(text);
    let mut key = false;
    while reader.peek().is_some() {
        if reader.eat(&["ON", "CONFLICT"]) {
            return Some("ON CONFLICT");
        }
        if reader.eat(&["PRIMARY", "KEY"]) || reader.eat(&["UNIQUE"]) {
            if reader.eat(&["DESC"]) {
                return Some("PRIMARY KEY DESC");
            }
            key = reader.is("(");
            if !key {
                statement::on_conflict(&mut reader);
            }
            continue;
        }
        if key && reader.is_any(&["COLLATE", "DESC"]) {
            return Some("an order or a collation in a key");
        }
        let ends = key && reader.is(")");
        reader.next();
        if ends {
            key = false;
            statement::on_conflict(&mut reader);
        }
    }
    None
}

/// An edit under way: what is gone and what is new.
struct Edit<'a> {
    change: &'a Change<'a>,
    gone: Vec<Constraint>,
    new: Vec<Constraint>,
}

/// What stands behind the opening parenthesis, edited.
fn edit(change: &Change<'_>, text: &str) -> Result<String, Unsupported> {
    let mut reader = Reader::new(text);
    while reader.peek().is_some() && !reader.is("(") {
        reader.next();
    }
    let Some(inner) = reader.parenthesised() else {
        return Err(refusal(change, "something that was not understood"));
    };
    let tail = reader.rest_with_space();
    let old = same::constraints(change.before, change.schema);
    let result = same::constraints(change.after, change.result);
    let mut edit = Edit {
        change,
        gone: as_written(same::missing(&old, &result), &old, text),
        new: same::missing(&result, &old),
    };
    let (mut columns, mut constraints, mut seen) = (Vec::new(), Vec::new(), 0);
    for item in spans(inner) {
        if is_constraint(item) {
            constraints.extend(edit.table_constraint(item)?);
            continue;
        }
        let Some(own) = change.before.columns.get(seen) else {
            return Err(refusal(change, "something that was not understood"));
        };
        seen += 1;
        let name = Reader::new(item).name().unwrap_or_default();
        if !name.eq_ignore_ascii_case(&own.name) {
            return Err(refusal(change, "something that was not understood"));
        }
        if let Some(after) = edit.kept(own) {
            columns.push(edit.column(item, own, after)?);
        }
    }
    if seen != change.before.columns.len() {
        return Err(refusal(change, "something that was not understood"));
    }
    let added = change
        .after
        .columns
        .iter()
        .filter(|own| edit.kept_name(own).is_none());
    for column in added.cloned().collect::<Vec<Column>>() {
        columns.push(edit.added(&column)?);
    }
    for constraint in std::mem::take(&mut edit.new) {
        constraints.push(format!("\n  {}", constraint::of_table(&constraint)?));
    }
    columns.append(&mut constraints);
    let body = joined(&columns);
    Ok(format!(
        "{}{tail}",
        names::unqualified(&format!("{body})"), &change.before.name.name)
    ))
}

/// Constraints by the names that the words have for them: the model may know them by those that the
/// migrations say.
fn as_written(gone: Vec<Constraint>, old: &[Constraint], text: &str) -> Vec<Constraint> {
    let is_among =
        |all: &[Constraint], own: &Constraint| all.iter().any(|one| same::constraint(one, own));
    let said = statement::read(text).constraints;
    let (known, mut otherwise): (Vec<_>, Vec<_>) =
        said.into_iter().partition(|own| is_among(old, own));
    let written = |own: Constraint| {
        let mut others = otherwise.iter();
        let place = others
            .position(|other| same::but_for_names(other, &own))
            .filter(|_| !is_among(&known, &own));
        place.map_or(own, |at| otherwise.remove(at))
    };
    gone.into_iter().map(written).collect()
}

/// The items with commas between them, each on a line that is no comment's.
fn joined(items: &[String]) -> String {
    let mut text = String::new();
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(item);
        let last = tokens(item, &Lexicon::SQLITE).pop();
        if last
            .is_some_and(|token| token.kind == TokenKind::Comment && token.text.starts_with("--"))
        {
            text.push('\n');
        }
    }
    text
}

fn is_constraint(item: &str) -> bool {
    Reader::new(item).is_any(&["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"])
}

fn read(item: &str) -> Said {
    statement::read(&format!("CREATE TABLE x ({item}\n)"))
}

impl Edit<'_> {
    /// The column afterwards, if it is still there.
    fn kept(&self, own: &Column) -> Option<&Column> {
        names::column(self.change.after, &own.name).filter(|after| self.kept_name(after).is_some())
    }

    /// The column before, if this one goes on from it. One that was dropped and added again does not.
    fn kept_name(&self, after: &Column) -> Option<&Column> {
        use super::origin::Origin;
        let is_added = matches!(self.change.origins.get(&after.name), Origin::Added(_));
        names::column(self.change.before, &after.name).filter(|_| !is_added)
    }

    fn is_gone(&self, constraint: &Constraint) -> bool {
        self.gone
            .iter()
            .any(|gone| same::constraint(gone, constraint))
    }

    /// A constraint of the table, or those of several without a comma between them, that stay.
    fn table_constraint(&self, item: &str) -> Result<Vec<String>, Unsupported> {
        let said = read(item).constraints;
        let (gone, kept): (Vec<_>, Vec<_>) = said.into_iter().partition(|own| self.is_gone(own));
        if gone.is_empty() {
            return Ok(vec![item.to_owned()]);
        }
        if let (Some(word), false) = (beyond(item), kept.is_empty()) {
            return Err(refusal(self.change, word));
        }
        kept.iter()
            .map(|own| Ok(format!("\n  {}", constraint::of_table(own)?)))
            .collect()
    }

    /// A column that is new, with the constraints behind it.
    fn added(&mut self, new: &Column) -> Result<String, Unsupported> {
        let inline = |own: &Constraint| column::is_inline(own, &new.name);
        let (behind, others): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.new).into_iter().partition(inline);
        self.new = others;
        let mut alone = Table::new(self.change.after.name.clone());
        alone.storage = self.change.after.storage.clone();
        alone.constraints = behind.into();
        if names::contains(self.change.after.primary_key(), &new.name) {
            let mut key = new.clone();
            key.nullable = false;
            return Ok(format!(
                "\n  {}",
                column::definition(&key, &alone, &Schema::default())?
            ));
        }
        // Its enum's check is among the constraints already.
        let text = column::definition(new, &alone, &Schema::default())?;
        Ok(format!("\n  {text}"))
    }

    /// A column that stays, with what changes of it.
    fn column(&self, item: &str, before: &Column, after: &Column) -> Result<String, Unsupported> {
        let (old, new) = (self.change.before, self.change.after);
        let touched = clause::cut(item)
            .clauses
            .iter()
            .any(|(kind, text)| self.loses(*kind, text, &before.name));
        if same::column(old, before, new, after) && !touched {
            return Ok(item.to_owned());
        }
        let words = clause::cut(item);
        let mut clauses = words.clauses.clone();
        let mut more: Vec<String> = Vec::new();
        clauses.retain(|(kind, text)| !self.loses(*kind, text, &before.name));
        let retyped = before.data_type != after.data_type;
        let data_type = if retyped {
            format!(" {} ", column::declared_type(after, new)?)
        } else {
            words.data_type.to_owned()
        };
        let drop =
            |clauses: &mut Vec<(Kind, &str)>, kind: Kind| clauses.retain(|(own, _)| *own != kind);
        if self.needs_not_null(before, after) {
            drop(&mut clauses, Kind::Null);
            if !clauses.iter().any(|(kind, _)| *kind == Kind::NotNull) {
                more.push("NOT NULL".into());
            }
        } else if after.nullable && !before.nullable {
            drop(&mut clauses, Kind::NotNull);
        }
        if before.default != after.default || (retyped && after.default.is_some()) {
            drop(&mut clauses, Kind::Default);
            if let Some(value) = &after.default {
                more.push(format!("DEFAULT {}", column::default_value(value, after)?));
            }
        }
        if retyped || before.collation != after.collation {
            drop(&mut clauses, Kind::Collate);
            more.extend(column::collation(after)?.map(|name| format!("COLLATE {name}")));
        }
        if before.generated != after.generated {
            drop(&mut clauses, Kind::Generated);
            if let Some(generated) = &after.generated {
                more.push(column::generation(generated)?);
            }
        }
        let kept: String = clauses.iter().map(|(_, text)| *text).collect();
        let text = format!("{}{data_type}{kept}", words.name);
        Ok(if more.is_empty() {
            text
        } else {
            format!("{}{}", ended(&text), more.join(" "))
        })
    }

    /// Whether a clause is a constraint that goes.
    fn loses(&self, kind: Kind, text: &str, column: &str) -> bool {
        let is_constraint = matches!(
            kind,
            Kind::PrimaryKey | Kind::Unique | Kind::Check | Kind::References
        );
        is_constraint && {
            let said = read(&format!("{} {text}", quoted(column)));
            said.constraints.iter().any(|own| self.is_gone(own))
        }
    }

    /// Whether NOT NULL must be said: it is new, or a primary key implied it that is gone or new.
    fn needs_not_null(&self, before: &Column, after: &Column) -> bool {
        let (old, new) = (self.change.before, self.change.after);
        let (was, is) = (
            names::contains(old.primary_key(), &before.name),
            names::contains(new.primary_key(), &after.name),
        );
        !after.nullable && (before.nullable || was != is)
    }
}

/// A text that more words can follow.
fn ended(text: &str) -> String {
    let last = tokens(text, &Lexicon::SQLITE).pop();
    match last {
        Some(token) if token.kind == TokenKind::Comment && token.text.starts_with("--") => {
            format!("{text}\n  ")
        }
        Some(token) if token.kind == TokenKind::Space => text.to_owned(),
        _ => format!("{text} "),
    }
}
