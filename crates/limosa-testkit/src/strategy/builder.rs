//! The builder: reads dice against the model.

use std::collections::BTreeSet;

use limosa_core::name::{Case, ObjectName};
use limosa_core::operation::Operation;
use limosa_core::schema::{Constraint, Definition, Schema, Table};

use super::dice::Dice;
use super::{Reach, alter, create, names, remove, rows};

/// What was built so far.
#[derive(Debug)]
pub(super) struct Builder {
    pub(super) reach: Reach,
    pub(super) schema: Schema,
    pub(super) operations: Vec<Operation>,
    /// The tables that have had a row, by their present names.
    filled: BTreeSet<ObjectName>,
    numbers: usize,
}

/// Something that can be done: an operation, or none where nothing fits.
type Action = fn(&mut Builder, &mut Dice) -> Option<Operation>;

/// In the order in which shrinking prefers them; several times what is to come often.
const COMMON: [Action; 18] = [
    create::table,
    create::table,
    create::table,
    alter::add_column,
    alter::add_column,
    create::index,
    create::index,
    rows::insert,
    rows::insert,
    rows::update,
    rows::delete,
    create::enum_type,
    create::view,
    alter::rename_column,
    alter::rename_table,
    remove::column,
    remove::index_or_view,
    remove::table_or_enum,
];

/// What needs a new copy of the table on `SQLite`.
const DEFINITIONS: [Action; 10] = [
    alter::widen,
    alter::retype,
    alter::drop_not_null,
    alter::set_not_null,
    alter::set_default,
    alter::add_constraint,
    alter::add_foreign_key,
    alter::change_constraint,
    alter::enum_label,
    alter::reckon,
];

const POSTGRES: [Action; 1] = [alter::comment];

impl Builder {
    pub(super) fn new(reach: Reach) -> Self {
        Self {
            reach,
            schema: Schema::empty(Case::Sensitive, None),
            operations: Vec::new(),
            filled: BTreeSet::new(),
            numbers: 0,
        }
    }

    /// Adds an operation; `CREATE TABLE` where what was drawn does not fit.
    pub(super) fn step(&mut self, dice: &mut Dice) {
        let own: &[Action] = if self.reach == Reach::Both {
            &[]
        } else {
            &POSTGRES
        };
        let at = dice.below(COMMON.len() + DEFINITIONS.len() + own.len());
        let action = COMMON
            .iter()
            .chain(&DEFINITIONS)
            .chain(own)
            .nth(at)
            .expect("it is below the count");
        let operation = action(self, dice).or_else(|| create::table(self, dice));
        let Some(operation) = operation else { return };
        self.keep(&operation);
        let applied = self.schema.apply(&operation);
        applied.unwrap_or_else(|misfit| panic!("{misfit}: {operation:?}"));
        self.operations.push(operation);
    }

    /// Remembers what the model does not: which tables have rows.
    fn keep(&mut self, operation: &Operation) {
        match operation {
            Operation::Insert(insert) => {
                self.filled.insert(insert.table.clone());
            }
            Operation::RenameTable { from, to, .. } if self.filled.remove(from) => {
                self.filled.insert(from.sibling(to.clone()));
            }
            _ => {}
        }
    }

    /// A number that was not given before.
    pub(super) fn number(&mut self) -> usize {
        self.numbers += 1;
        self.numbers
    }

    /// A name that was not given before.
    pub(super) fn name(&mut self, dice: &mut Dice) -> String {
        let number = self.number();
        names::name(dice, number)
    }

    /// A table for which something holds.
    pub(super) fn table(&self, dice: &mut Dice, holds: impl Fn(&Table) -> bool) -> Option<Table> {
        let tables = self.schema.tables.iter().map(AsRef::as_ref);
        let fitting: Vec<&Table> = tables.filter(|one| holds(one)).collect();
        dice.pick(&fitting).map(|&table| table.clone())
    }

    pub(super) fn has_rows(&self, table: &Table) -> bool {
        self.filled.contains(&table.name)
    }

    /// Whether a view reads the table: then it stays as it is.
    pub(super) fn is_viewed(&self, table: &Table) -> bool {
        self.schema.views.iter().any(|view| match &view.query {
            Definition::Query(query) => query.tables().contains(&table.name),
            Definition::Verbatim { .. } => true,
        })
    }

    /// Whether a foreign key of another table refers to it.
    pub(super) fn is_referred_to(&self, table: &Table) -> bool {
        let others = self
            .schema
            .tables
            .iter()
            .filter(|other| other.name != table.name);
        others.flat_map(|other| &other.constraints).any(
            |constraint| matches!(constraint, Constraint::ForeignKey(key) if key.table == table.name),
        )
    }
}

/// The columns that a table's own constraints and indexes need.
pub(super) fn needed(table: &Table) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for constraint in &table.constraints {
        match constraint {
            Constraint::PrimaryKey(key) | Constraint::Unique(key) => {
                all.extend(key.columns.iter().cloned());
            }
            Constraint::ForeignKey(key) => {
                all.extend(key.columns.iter().chain(&key.references).cloned());
            }
            Constraint::Check(check) => all.extend(check.expr.columns()),
        }
    }
    for index in &table.indexes {
        all.extend(index.keys.iter().flat_map(|key| key.expr.columns()));
        all.extend(
            index
                .predicate
                .iter()
                .flat_map(limosa_core::expr::Expr::columns),
        );
    }
    all
}
