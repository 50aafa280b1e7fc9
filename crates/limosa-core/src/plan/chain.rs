//! The chain of expected schemas: what the migrations would have made, one operation after the other.
//!
//! It answers three questions. Does the database still hold what the applied migrations made (drift)?
//! If changes were made by hand, how far along the pending migrations is it (the prefix)? And did a
//! run leave what was predicted (verification)? All three compare only what the migrations speak of:
//! a table, column or index of somebody else's is nobody's business here.

mod objects;

use std::collections::HashSet;

use crate::dialect::Dialect;
use crate::diff::{Comparison, Difference, missing, unexpected};
use crate::operation::{Operation, TableChange};
use crate::schema::{Schema, Table};

pub(crate) use objects::{Object, touched};

use super::truth::same_definition;

/// What migrations leave behind, and which names they speak of.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The schema.
    pub schema: Schema,
    /// Every object that an operation touched.
    pub(crate) touched: HashSet<Object>,
    mentioned: Mentioned,
}

/// The names of columns, constraints and indexes that the migrations ever speak of.
#[derive(Clone, Debug, Default)]
struct Mentioned(HashSet<String>);

impl Mentioned {
    fn add(&mut self, table: &Table) {
        let columns = table.columns.iter().map(|column| column.name.as_str());
        let constraints = table
            .constraints
            .iter()
            .filter_map(|constraint| constraint.name());
        let indexes = table.indexes.iter().map(|index| index.name.as_str());
        self.0.extend(
            columns
                .chain(constraints)
                .chain(indexes)
                .map(str::to_ascii_lowercase),
        );
    }

    fn has(&self, name: &str) -> bool {
        self.0.contains(&name.to_ascii_lowercase())
    }
}

/// The schema that operations leave behind, over whatever else the database holds.
pub fn expected(operations: &[&Operation], actual: &Schema) -> Expected {
    let mut expected = Expected::base(operations.iter().copied(), actual);
    for operation in operations {
        expected.apply(operation);
    }
    expected
}

impl Expected {
    /// What the database would hold if none of the operations had been done.
    pub(crate) fn base<'a>(
        operations: impl Iterator<Item = &'a Operation>,
        actual: &Schema,
    ) -> Self {
        let mut schema = actual.clone();
        for operation in operations {
            undo_creation(&mut schema, operation);
        }
        Self {
            schema,
            touched: HashSet::new(),
            mentioned: Mentioned::default(),
        }
    }

    /// A schema as it is, with nothing touched yet.
    pub(crate) fn at(schema: Schema) -> Self {
        Self {
            schema,
            touched: HashSet::new(),
            mentioned: Mentioned::default(),
        }
    }

    /// Does the next operation, as far as it fits the model.
    pub(crate) fn apply(&mut self, operation: &Operation) {
        let objects = touched(operation, &self.schema);
        // What does not fit was about objects that the model does not know.
        let _ = self.schema.apply(operation);
        for object in &objects {
            if let Object::Table(name) = object
                && let Some(table) = self.schema.table(name)
            {
                self.mentioned.add(table);
            }
        }
        self.touched.extend(objects);
    }

    /// In what the database differs, over all objects that were touched.
    pub fn differences(&self, actual: &Schema, dialect: &dyn Dialect) -> Vec<Difference> {
        let mut objects: Vec<&Object> = self.touched.iter().collect();
        objects.sort();
        objects
            .into_iter()
            .flat_map(|object| self.difference(object, actual, dialect))
            .collect()
    }

    /// In what the database differs in one object.
    pub(crate) fn difference(
        &self,
        object: &Object,
        actual: &Schema,
        dialect: &dyn Dialect,
    ) -> Vec<Difference> {
        match object {
            Object::Table(name) => match (self.schema.table(name), actual.table(name)) {
                (Some(expected), Some(found)) => {
                    let found = self.known_part(expected, found);
                    Comparison::new(dialect).tables(expected, &found, &self.schema)
                }
                (expected, found) => existence(expected.is_some(), found.is_some(), object),
            },
            Object::Enum(_) if !dialect.facts().enum_types => Vec::new(),
            Object::Enum(name) => match (self.schema.enum_type(name), actual.enum_type(name)) {
                (Some(expected), Some(found)) if expected.labels != found.labels => {
                    vec![Difference {
                        object: object.to_string(),
                        aspect: "labels".to_owned(),
                        expected: expected.labels.join(", "),
                        found: found.labels.join(", "),
                    }]
                }
                (expected, found) => existence(expected.is_some(), found.is_some(), object),
            },
            Object::View(name) => match (self.schema.view(name), actual.view(name)) {
                (Some(expected), Some(found))
                    if !same_definition(dialect, &expected.query, &found.query) =>
                {
                    vec![Difference {
                        object: object.to_string(),
                        aspect: "query".to_owned(),
                        expected: "as the migration says".to_owned(),
                        found: "another one".to_owned(),
                    }]
                }
                (expected, found) => existence(expected.is_some(), found.is_some(), object),
            },
            Object::Trigger(name, table) => existence(
                self.schema.trigger(name, table).is_some(),
                actual.trigger(name, table).is_some(),
                object,
            ),
        }
    }

    /// The table without what no migration speaks of.
    fn known_part(&self, expected: &Table, found: &Table) -> Table {
        let case = self.schema.case;
        let mut found = found.clone();
        found.columns.retain(|own| {
            expected.column(&own.name, case).is_some() || self.mentioned.has(&own.name)
        });
        found.constraints.retain(|own| match own.name() {
            Some(name) => expected.constraint(name, case).is_some() || self.mentioned.has(name),
            None => true,
        });
        found.indexes.retain(|own| {
            expected
                .indexes
                .iter()
                .any(|other| case.same(&other.name, &own.name))
                || self.mentioned.has(&own.name)
        });
        found
    }
}

fn existence(expected: bool, found: bool, object: &Object) -> Vec<Difference> {
    match (expected, found) {
        (true, false) => vec![missing(&object.to_string())],
        (false, true) => vec![unexpected(&object.to_string())],
        _ => Vec::new(),
    }
}

/// How many of the pending operations the database already has, if it stands exactly between two of
/// them: the longest such prefix, up to the last operation in it that changes the schema.
pub(crate) fn prefix(
    applied: &Expected,
    pending: &[&Operation],
    actual: &Schema,
    dialect: &dyn Dialect,
) -> Option<usize> {
    // A first pass finds all names that the pending operations will ever speak of.
    let mut full = applied.clone();
    full.touched.clear();
    for operation in pending {
        full.apply(operation);
    }
    let mut now = Expected {
        mentioned: full.mentioned,
        touched: HashSet::new(),
        ..applied.clone()
    };
    let mut wrong: HashSet<Object> = full
        .touched
        .into_iter()
        .filter(|object| !now.difference(object, actual, dialect).is_empty())
        .collect();
    let (mut best, mut changing) = (wrong.is_empty().then_some(0), 0);
    for (done, operation) in pending.iter().enumerate() {
        let objects = touched(operation, &now.schema);
        now.apply(operation);
        if !objects.is_empty() {
            changing = done + 1;
        }
        for object in objects {
            if now.difference(&object, actual, dialect).is_empty() {
                wrong.remove(&object);
            } else {
                wrong.insert(object);
            }
        }
        if wrong.is_empty() {
            best = Some(changing);
        }
    }
    best
}

/// Takes away what an operation creates, so that its creation can be simulated.
fn undo_creation(schema: &mut Schema, operation: &Operation) {
    let names = schema.without_objects();
    match operation {
        Operation::CreateTable { table, .. } => {
            schema
                .tables
                .retain(|own| !names.same_object(&own.name, &table.name));
        }
        Operation::CreateIndex { table, index, .. } => {
            schema.remove_index(&table.sibling(index.name.clone()));
        }
        Operation::CreateEnum { enum_type, .. } => {
            schema
                .enums
                .retain(|own| !names.same_object(&own.name, &enum_type.name));
        }
        Operation::AddEnumLabel { name, label, .. } => {
            if let Some(found) = schema.enum_mut(name) {
                found.labels.retain(|own| own != label);
            }
        }
        Operation::CreateView { view, .. } => {
            schema
                .views
                .retain(|own| !names.same_object(&own.name, &view.name));
        }
        Operation::CreateTrigger { trigger, .. } => {
            schema.remove_trigger(&trigger.name, Some(&trigger.table));
        }
        Operation::AlterTable { table, change, .. } => {
            let case = schema.case;
            let Some(table) = schema.table_mut(table) else {
                return;
            };
            match change {
                TableChange::AddColumn { column, .. } => {
                    table
                        .columns
                        .retain(|own| !case.same(&own.name, &column.name));
                    table.constraints.retain(|own| {
                        let columns = crate::simulate::constraint_columns(own);
                        !columns.iter().any(|name| case.same(name, &column.name))
                    });
                }
                TableChange::AddConstraint { constraint, .. } => {
                    table
                        .constraints
                        .retain(|own| own.name() != constraint.name());
                }
                _ => {}
            }
        }
        _ => {}
    }
}
