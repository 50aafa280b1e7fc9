//! Evidence: what the catalog says about every object that the applied migrations made.

use std::collections::HashSet;

use super::Runner;
use crate::dialect::Dialect;
use crate::diff::{
    Comparison, Difference, Likeness, Wordings, missing, show_constraint, show_expr, show_index,
};
use crate::error::Error;
use crate::migration::Statement;
use crate::migrator::Migrator;
use crate::name::ObjectName;
use crate::operation::{Operation, TableChange};
use crate::plan::{Expected, expected, statements};
use crate::report::Evidence;
use crate::schema::{Column, Constraint, Schema, Table};
use crate::version::Version;

pub(super) async fn verify(
    runner: &Runner<'_>,
    session: &mut dyn Migrator,
) -> Result<Vec<Evidence>, Error> {
    let dialect = session.dialect();
    let id = dialect.facts().id;
    let journal = session.journal().await?.unwrap_or_default();
    let actual = session.inspect(&runner.scope(id)).await?;
    let applied: Vec<_> = runner
        .migrations
        .list()
        .iter()
        .filter(|migration| journal.is_applied(&migration.version))
        .collect();
    let operations: Vec<&Operation> = applied
        .iter()
        .flat_map(|one| statements(one, id))
        .flat_map(Statement::operations)
        .collect();
    let expected = expected(&operations, &actual).knowing(Wordings::of(&journal));
    let known = expected.known(&actual, dialect);
    let mut evidence = Vec::new();
    for migration in applied {
        let witness = Witness {
            version: &migration.version,
            dialect,
            expected: &expected,
            actual: &actual,
            known: &known,
        };
        for operation in statements(migration, id).flat_map(Statement::operations) {
            evidence.extend(witness.of(&expected.schema.complete(operation)));
        }
    }
    Ok(last_of_each(evidence))
}

/// What several migrations made is told once, with the last of them.
fn last_of_each(evidence: Vec<Evidence>) -> Vec<Evidence> {
    let mut seen = HashSet::new();
    let mut last: Vec<Evidence> = evidence
        .into_iter()
        .rev()
        .filter(|one| seen.insert(one.object.clone()))
        .collect();
    last.reverse();
    last
}

/// What is needed to testify about the objects of one migration.
struct Witness<'a> {
    version: &'a Version,
    dialect: &'a dyn Dialect,
    expected: &'a Expected,
    actual: &'a Schema,
    known: &'a [Difference],
}

impl Witness<'_> {
    /// Evidence about what an operation made, unless a later migration changed it away.
    fn of(&self, operation: &Operation) -> Vec<Evidence> {
        match operation {
            Operation::CreateTable { table, .. } => self.table(&table.name),
            Operation::RenameTable { from, to, .. } => self.table(&from.sibling(to.clone())),
            Operation::AlterTable { table, change, .. } => self.change(table, change),
            Operation::CreateIndex { table, index, .. } => {
                self.index(table, &index.name).into_iter().collect()
            }
            Operation::CreateEnum { enum_type, .. } => {
                self.enum_type(&enum_type.name).into_iter().collect()
            }
            Operation::AddEnumLabel { name, .. } => self.enum_type(name).into_iter().collect(),
            Operation::CreateView { view, .. } => {
                self.presence("view", &self.called(&view.name), |schema| {
                    schema.view(&view.name).is_some()
                })
            }
            Operation::CreateTrigger { trigger, .. } => {
                let label = format!("{} on {}", trigger.name, self.called(&trigger.table));
                self.presence("trigger", &label, |schema| {
                    schema.trigger(&trigger.name, &trigger.table).is_some()
                })
            }
            _ => Vec::new(),
        }
    }

    fn change(&self, table: &ObjectName, change: &TableChange) -> Vec<Evidence> {
        match change {
            TableChange::AddColumn { column, .. } => self.column(table, &column.name),
            TableChange::RenameColumn { to, .. } => self.column(table, to),
            TableChange::SetType { column, .. }
            | TableChange::SetNullable { column, .. }
            | TableChange::SetDefault { column, .. } => self.column(table, column),
            TableChange::AddConstraint { constraint, .. } => {
                let Some(expected) = self.expected.schema.table(table) else {
                    return Vec::new();
                };
                let still = expected
                    .constraints
                    .iter()
                    .find(|own| own.name().is_some() && own.name() == constraint.name());
                still
                    .map(|own| self.constraint(expected, own))
                    .into_iter()
                    .collect()
            }
            _ => Vec::new(),
        }
    }

    fn table(&self, name: &ObjectName) -> Vec<Evidence> {
        let Some(expected) = self.expected.schema.table(name) else {
            return Vec::new();
        };
        let columns = expected
            .columns
            .iter()
            .flat_map(|column| self.column(name, &column.name));
        let constraints = expected
            .constraints
            .iter()
            .map(|own| self.constraint(expected, own));
        self.presence("table", &self.called(name), |schema| {
            schema.table(name).is_some()
        })
        .into_iter()
        .chain(columns)
        .chain(constraints)
        .collect()
    }

    fn column(&self, table: &ObjectName, name: &str) -> Vec<Evidence> {
        let case = self.actual.case;
        let schema = &self.expected.schema;
        let expected = schema
            .table(table)
            .filter(|found| found.column(name, case).is_some());
        let Some(expected) = expected else {
            return Vec::new();
        };
        let object = format!("column {}.{name}", self.called(&expected.name));
        let Some(found) = self.actual.table(table) else {
            let differences = self.absent(&expected.name, &object, &object);
            return vec![self.evidence(object, None, differences)];
        };
        let differences = Comparison::new(self.dialect).columns(expected, found, name, schema);
        let shown = self.dialect.normalise(found, schema);
        let shown = shown
            .column(name, case)
            .map(|column| self.show_column(column));
        vec![self.evidence(object, shown, differences)]
    }

    fn show_column(&self, column: &Column) -> String {
        let data_type = self
            .dialect
            .type_name(&column.data_type)
            .unwrap_or_default();
        let null = if column.nullable { "NULL" } else { "NOT NULL" };
        let default = show_expr(column.default.as_ref(), self.dialect);
        format!("{data_type}, {null}, default {default}")
    }

    fn constraint(&self, expected: &Table, constraint: &Constraint) -> Evidence {
        let definition = show_constraint(constraint, self.dialect);
        let object = match constraint.name() {
            Some(name) => format!("constraint {name} of {}", self.called(&expected.name)),
            None => format!("constraint {definition} of {}", self.called(&expected.name)),
        };
        let schema = &self.expected.schema;
        let likeness = self.actual.table(&expected.name).map(|found| {
            Comparison::new(self.dialect).constraint(expected, found, constraint, schema)
        });
        match likeness {
            Some(Likeness::Same(shown)) => self.evidence(object, Some(shown), Vec::new()),
            Some(Likeness::Different(difference)) => {
                self.evidence(object, Some(difference.found.clone()), vec![difference])
            }
            Some(Likeness::Absent) | None => {
                let differences = self.absent(&expected.name, &object, &object);
                self.evidence(object, None, differences)
            }
        }
    }

    fn index(&self, table: &ObjectName, name: &str) -> Option<Evidence> {
        let object = table.sibling(name);
        let schema = &self.expected.schema;
        let (expected, _) = schema.index(&object)?;
        let label = format!("index {}", self.called(&object));
        let Some((found, index)) = self.actual.index(&object) else {
            let differences = self.absent(&expected.name, &label, &format!("index {name}"));
            return Some(self.evidence(label, None, differences));
        };
        let differences = Comparison::new(self.dialect).indexes(expected, found, name, schema);
        let valid = if index.valid { "valid" } else { "INVALID" };
        let shown = format!("{}, {valid}", show_index(found, index, self.dialect));
        Some(self.evidence(label, Some(shown), differences))
    }

    fn enum_type(&self, name: &ObjectName) -> Option<Evidence> {
        let expected = self.expected.schema.enum_type(name)?;
        if !self.dialect.facts().enum_types {
            return None;
        }
        let label = format!("type {}", self.called(name));
        let found = self
            .actual
            .enum_type(name)
            .map(|found| found.labels.join(", "));
        let wanted = expected.labels.join(", ");
        let differences = match &found {
            Some(labels) if *labels == wanted => Vec::new(),
            Some(labels) => vec![Difference {
                object: label.clone(),
                aspect: "labels".to_owned(),
                expected: wanted,
                found: labels.clone(),
            }],
            None => vec![missing(&label)],
        };
        Some(self.evidence(label, found, differences))
    }

    /// What an object is called, by whatever name a migration speaks of it: the default schema is not said.
    fn called(&self, name: &ObjectName) -> String {
        self.expected.schema.short(name).to_string()
    }

    fn presence(&self, kind: &str, name: &str, is_in: impl Fn(&Schema) -> bool) -> Vec<Evidence> {
        if !is_in(&self.expected.schema) {
            return Vec::new();
        }
        let label = format!("{kind} {name}");
        let there = is_in(self.actual);
        let differences = if there {
            Vec::new()
        } else {
            vec![missing(&label)]
        };
        vec![self.evidence(label, there.then(|| "there".to_owned()), differences)]
    }

    /// That a part of a table is missing, unless that is known, of itself or of the table: a comparison of
    /// tables calls it by a name, and may say its definition behind it.
    fn absent(&self, table: &ObjectName, label: &str, called: &str) -> Vec<Difference> {
        let (missing, whole) = (
            missing(label),
            missing(&format!("table {}", self.called(table))),
        );
        let is_it = |own: &Difference| own.aspect == missing.aspect && own.is_about(called);
        if self.known.iter().any(|own| is_it(own) || *own == whole) {
            return Vec::new();
        }
        vec![missing]
    }

    fn evidence(
        &self,
        object: String,
        found: Option<String>,
        mut differences: Vec<Difference>,
    ) -> Evidence {
        differences.retain(|one| !self.known.contains(one) && !self.expected.knows(one));
        Evidence {
            version: self.version.clone(),
            object,
            found,
            differences,
        }
    }
}
