//! The names that constraints and indexes get when their author gives none.
//!
//! `PostgreSQL`'s convention (`ChooseConstraintName`, `makeObjectName` in its sources) serves as the
//! neutral one: later migrations refer to these names (`DROP CONSTRAINT users_email_key`), and they
//! should mean the same on every database.

use std::borrow::Cow;

use crate::datatype::DataType;
use crate::expr::Expr;
use crate::name::{Case, ObjectName};
use crate::operation::{Operation, TableChange};
use crate::schema::{Column, Constraint, Index, Schema, Table};

/// The longest name that is made up, in bytes (`NAMEDATALEN - 1`).
const LIMIT: usize = 63;

impl Schema {
    /// The operation with what its author left to the database: names of constraints and indexes,
    /// and which type names are enums of this schema.
    #[must_use]
    pub fn complete<'o>(&self, operation: &'o Operation) -> Cow<'o, Operation> {
        if is_complete(operation) {
            return Cow::Borrowed(operation);
        }
        if let Operation::RenameIndex { from, to, .. } = operation {
            return match self.rename_of_key(from, to) {
                Some(rename) => Cow::Owned(rename),
                None => Cow::Borrowed(operation),
            };
        }
        let mut operation = operation.clone();
        match &mut operation {
            Operation::CreateTable { table, .. } => self.complete_table(table),
            Operation::AlterTable { table, change, .. } => self.complete_change(table, change),
            Operation::CreateIndex { table, index, .. } => self.complete_index(table, index),
            _ => {}
        }
        Cow::Owned(operation)
    }

    /// A key and its index are one, of one name: who renames the index renames the key.
    fn rename_of_key(&self, from: &ObjectName, to: &str) -> Option<Operation> {
        let is_key = |table: &Table| {
            [&from.name, to].into_iter().any(|name| {
                let key = table.constraint(name, self.case);
                matches!(key, Some(Constraint::PrimaryKey(_) | Constraint::Unique(_)))
                    && self.same_object(&table.name.sibling(name), &from.sibling(name))
            })
        };
        let is_index = |name: &ObjectName| self.index(name).is_some();
        if is_index(from) || is_index(&from.sibling(to)) {
            return None;
        }
        let table = self.tables.iter().find(|table| is_key(table))?;
        Some(Operation::AlterTable {
            table: table.name.clone(),
            if_exists: false,
            change: TableChange::RenameConstraint {
                from: from.name.clone(),
                to: to.to_owned(),
            },
        })
    }

    fn complete_table(&self, table: &mut Table) {
        for column in &mut table.columns {
            self.complete_column(column);
        }
        self.complete_constraints(&table.name, &[], &mut table.constraints);
    }

    fn complete_change(&self, name: &ObjectName, change: &mut TableChange) {
        let table = self.table(name);
        let there = table.map_or(&[][..], |table| &table.constraints);
        match change {
            TableChange::AddColumn {
                column,
                constraints,
                ..
            } => {
                self.complete_column(column);
                self.complete_constraints(name, there, constraints);
            }
            TableChange::AddConstraint {
                constraint,
                using_index,
                if_not_exists: _,
            } => {
                if let (None, Some(index)) = (constraint.name(), using_index) {
                    *constraint.name_mut() = Some(index.clone());
                }
                self.complete_constraints(name, there, std::slice::from_mut(constraint));
            }
            TableChange::SetType { data_type, .. } => self.complete_type(data_type),
            _ => {}
        }
    }

    fn complete_column(&self, column: &mut Column) {
        self.complete_type(&mut column.data_type);
    }

    fn complete_type(&self, data_type: &mut DataType) {
        match data_type {
            DataType::Other(_) => {
                let named = data_type.named();
                if let Some(found) = named.and_then(|name| self.enum_type(&name)) {
                    *data_type = DataType::Enum(found.name.clone());
                }
            }
            DataType::Array(inner) => self.complete_type(inner),
            _ => {}
        }
    }

    /// Names further constraints of a table, one after the other.
    fn complete_constraints(
        &self,
        table: &ObjectName,
        there: &[Constraint],
        further: &mut [Constraint],
    ) {
        for at in 0..further.len() {
            let (before, rest) = further.split_at_mut(at);
            let constraint = &mut rest[0];
            if constraint.name().is_some() {
                continue;
            }
            let is = |own: &Constraint, name: &str| {
                own.name().is_some_and(|own| self.case.same(own, name))
            };
            let (columns, label) = parts(constraint);
            let name = choose(&table.name, &columns, label, |name| {
                there.iter().chain(&*before).any(|own| is(own, name))
                    || self.constraint_exists(&table.sibling(name))
                    || (has_index(constraint) && self.relation_exists(&table.sibling(name)))
            });
            *constraint.name_mut() = Some(name);
        }
    }

    fn complete_index(&self, table: &ObjectName, index: &mut Index) {
        if !index.name.is_empty() {
            return;
        }
        index.name = choose(&table.name, &index_parts(index), "idx", |name| {
            self.relation_exists(&table.sibling(name))
        });
    }

    /// Whether any table of the same schema has a constraint of this name: `PostgreSQL` makes up none
    /// that is there, though tables may share one.
    fn constraint_exists(&self, name: &ObjectName) -> bool {
        self.tables.iter().any(|table| {
            table.constraint(&name.name, self.case).is_some()
                && self.same_object(&table.name.sibling(&name.name), name)
        })
    }

    /// Whether a table, index, view or sequence of this name exists; a key's index counts.
    fn relation_exists(&self, name: &ObjectName) -> bool {
        let is_key_of = |table: &Table| {
            table
                .constraint(&name.name, self.case)
                .is_some_and(has_index)
                && self.same_object(&table.name.sibling(name.name.clone()), name)
        };
        self.table(name).is_some()
            || self.index(name).is_some()
            || self.view(name).is_some()
            || self.sequence(name).is_some()
            || self.tables.iter().any(|table| is_key_of(table))
    }
}

/// The place of the constraint that a name means: one of that name, else one without a name that would have
/// got it.
pub(crate) fn constraint_called(table: &Table, name: &str, case: Case) -> Option<usize> {
    let all = &table.constraints;
    let named = |own: &Constraint| own.name().is_some_and(|own| case.same(own, name));
    let unnamed = |own: &Constraint| own.name().is_none() && could_be_named(table, own, name);
    all.iter()
        .position(named)
        .or_else(|| all.iter().position(unnamed))
}

/// Whether its author left nothing to the database.
fn is_complete(operation: &Operation) -> bool {
    let is_named = |constraint: &Constraint| constraint.name().is_some();
    match operation {
        Operation::CreateTable { table, .. } => {
            let mut columns = table.columns.iter();
            columns.all(|column| is_known(&column.data_type))
                && table.constraints.iter().all(is_named)
        }
        Operation::CreateIndex { index, .. } => !index.name.is_empty(),
        Operation::AlterTable { change, .. } => match change {
            TableChange::AddColumn {
                column,
                constraints,
                ..
            } => is_known(&column.data_type) && constraints.iter().all(is_named),
            TableChange::AddConstraint { constraint, .. } => is_named(constraint),
            TableChange::SetType { data_type, .. } => is_known(data_type),
            _ => true,
        },
        Operation::RenameIndex { .. } => false,
        _ => true,
    }
}

/// Whether a type cannot be an enum by another name.
fn is_known(data_type: &DataType) -> bool {
    match data_type {
        DataType::Other(_) => false,
        DataType::Array(inner) => is_known(inner),
        _ => true,
    }
}

/// Whether the database makes an index of the constraint's name.
fn has_index(constraint: &Constraint) -> bool {
    matches!(
        constraint,
        Constraint::PrimaryKey(_) | Constraint::Unique(_)
    )
}

/// Whether a database that is asked for this constraint without a name could give it that one.
pub(crate) fn could_be_named(table: &Table, constraint: &Constraint, name: &str) -> bool {
    let (columns, label) = parts(constraint);
    is_numbered(name, &join(&table.name.name, &columns, label))
}

/// Likewise for an index.
pub(crate) fn could_be_index(table: &Table, index: &Index, name: &str) -> bool {
    is_numbered(name, &join(&table.name.name, &index_parts(index), "idx"))
}

/// Whether it is this name, or this name with a number behind it.
fn is_numbered(name: &str, plain: &str) -> bool {
    name.strip_prefix(plain)
        .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The columns in a constraint's name, and what it ends with.
fn parts(constraint: &Constraint) -> (String, &'static str) {
    match constraint {
        Constraint::PrimaryKey(_) => (String::new(), "pkey"),
        Constraint::Unique(key) => (key.columns.join("_"), "key"),
        Constraint::ForeignKey(key) => (key.columns.join("_"), "fkey"),
        Constraint::Check(check) => (single_column(&check.expr), "check"),
    }
}

/// The columns in an index's name.
fn index_parts(index: &Index) -> String {
    let keys = index.keys.iter().map(|key| match &key.expr {
        Expr::Column(path) => path.last().map_or("expr", String::as_str),
        Expr::Call(call) => call.name.as_str(),
        _ => "expr",
    });
    let include = index.include.iter().map(String::as_str);
    keys.chain(include).collect::<Vec<&str>>().join("_")
}

/// The column that a check is about, if it is about exactly one.
fn single_column(expr: &Expr) -> String {
    match expr.columns().as_slice() {
        [column] => column.clone(),
        _ => String::new(),
    }
}

fn choose(own: &str, columns: &str, label: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut name = join(own, columns, label);
    let mut number = 1;
    while taken(&name) {
        name = join(own, columns, &format!("{label}{number}"));
        number += 1;
    }
    name
}

/// `own_columns_label` of at most [`LIMIT`] bytes: the longer of the first two gives way.
fn join(own: &str, columns: &str, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(!columns.is_empty());
    let room = LIMIT.saturating_sub(overhead);
    let (mut first, mut second) = (own.len(), columns.len());
    while first + second > room {
        if first > second {
            first -= 1;
        } else {
            second -= 1;
        }
    }
    let (own, columns) = (clip(own, first), clip(columns, second));
    if columns.is_empty() {
        format!("{own}_{label}")
    } else {
        format!("{own}_{columns}_{label}")
    }
}

/// At most `bytes` bytes of `text`, cut between characters.
fn clip(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len()))
        .rev()
        .find(|at| text.is_char_boundary(*at));
    &text[..end.unwrap_or_default()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_as_postgres_cuts_them() {
        let own = "a".repeat(50);
        let columns = "b".repeat(40);
        let name = join(&own, &columns, "key");
        assert_eq!(name, format!("{}_{}_key", "a".repeat(29), "b".repeat(29)));
        assert_eq!(join("users", "", "pkey"), "users_pkey");
        assert_eq!(
            join(&"ä".repeat(40), "", "pkey"),
            format!("{}_pkey", "ä".repeat(29))
        );
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        assert_eq!(
            choose("t", "a", "check", |name| name == "t_a_check"),
            "t_a_check1"
        );
    }
}
