//! Answers about changes of a table's columns and constraints.

use super::{Asked, Truth};
use crate::datatype::DataType;
use crate::diff::{Difference, Likeness, missing, show_constraint};
use crate::name::ObjectName;
use crate::naming::constraint_called;
use crate::operation::TableChange;
use crate::schema::{Column, Constraint, Table};

pub(super) fn truth(
    asked: Asked<'_>,
    name: &ObjectName,
    if_exists: bool,
    change: &TableChange,
) -> Truth {
    let case = asked.schema.case;
    let Some(table) = asked.schema.table(name) else {
        let missing = format!("there is no table {name}");
        return if if_exists {
            Truth::Already(missing)
        } else {
            Truth::Impossible(missing)
        };
    };
    let there = |column: &str| table.column(column, case).is_some();
    match change {
        TableChange::AddColumn {
            column,
            constraints,
            ..
        } => add_column(asked, table, column, constraints),
        TableChange::DropColumn { name, .. } => Truth::of_removal("column", name, there(name)),
        TableChange::RenameColumn { from, to } => {
            let found = |name| table.column(name, case).map(|column| column.name.as_str());
            Truth::of_renaming("column", from, to, (found(from), found(to)))
        }
        TableChange::AddConstraint { constraint, .. } => add_constraint(asked, table, constraint),
        TableChange::DropConstraint {
            name, if_exists, ..
        } => {
            let there = constraint_called(table, name, case).is_some();
            match nameless(asked, table).filter(|_| !there && !if_exists) {
                Some(other) => Truth::Impossible(format!(
                    "no constraint of {} is known by the name {name}, and one that has no name may be \
                     it: {other}; if it is, write the table without it in migration.{}.sql, if it is \
                     not, say IF EXISTS",
                    table.name,
                    asked.dialect.facts().id,
                )),
                None => Truth::of_removal("constraint", name, there),
            }
        }
        TableChange::RenameConstraint { from, to } => {
            let found = constraint_called(table, from, case)
                .map(|at| table.constraints[at].name().unwrap_or(from));
            let new = table.constraint(to, case).and_then(Constraint::name);
            Truth::of_renaming("constraint", from, to, (found, new))
        }
        TableChange::ValidateConstraint { name } => match table.constraint(name, case) {
            None => Truth::Impossible(format!("there is no constraint {name}")),
            Some(found) if is_validated(found) => {
                Truth::Already(format!("constraint {name} is validated"))
            }
            Some(_) => Truth::Pending,
        },
        TableChange::SetType { column, .. }
        | TableChange::SetNullable { column, .. }
        | TableChange::SetDefault { column, .. }
        | TableChange::SetIdentity { column, .. }
        | TableChange::SetGenerated { column, .. } => set(asked, table, column, change),
    }
}

/// A constraint that may be called anything: it has no name, where names are not to be relied on.
fn nameless(asked: Asked<'_>, table: &Table) -> Option<String> {
    let mut all = table.constraints.iter();
    let found = all.find(|own| own.name().is_none())?;
    (!asked.dialect.facts().constraint_names).then(|| show_constraint(found, asked.dialect))
}

/// Whether a column is already as a change of it would leave it.
fn set(asked: Asked<'_>, table: &Table, name: &str, change: &TableChange) -> Truth {
    let mut after = asked.schema.clone();
    let operation = crate::operation::Operation::AlterTable {
        table: table.name.clone(),
        if_exists: false,
        change: change.clone(),
    };
    if let Err(misfit) = after.apply(&operation) {
        return Truth::Impossible(misfit.to_string());
    }
    let expected = after
        .table(&table.name)
        .expect("a changed table is still there");
    // What becomes of the rows, no definition tells.
    if change.reckons() {
        return Truth::Pending;
    }
    let label = format!("column {}.{name} is already so", table.name);
    let (comparison, schema) = (asked.comparison, asked.schema);
    let same = comparison.columns(expected, table, name, schema).is_empty()
        && comparison.constraints(expected, table, schema).is_empty();
    let labels = [expected, table].map(|table| enum_of(table.column(name, schema.case)));
    if same && labels[0] == labels[1] {
        Truth::Already(label)
    } else {
        Truth::Pending
    }
}

/// The enum type of a column. Where such types live in the model alone, two columns may be the same but for the
/// labels that one of them is kept to.
fn enum_of(column: Option<&Column>) -> Option<&ObjectName> {
    match &column?.data_type {
        DataType::Enum(name) => Some(name),
        _ => None,
    }
}

fn add_column(
    asked: Asked<'_>,
    table: &Table,
    column: &Column,
    constraints: &[Constraint],
) -> Truth {
    let case = asked.schema.case;
    if table.column(&column.name, case).is_none() {
        return Truth::Pending;
    }
    let mut expected = table.clone();
    let slot = expected
        .column_mut(&column.name, case)
        .expect("it is there");
    let comment = slot.comment.take();
    *slot = Column {
        comment,
        ..column.clone()
    };
    let mut differences = asked
        .comparison
        .columns(&expected, table, &column.name, asked.schema);
    // What its type brings along: the check of an enum's labels.
    let brought = asked.comparison.constraints(&expected, table, asked.schema);
    differences.extend(brought.into_iter().filter(|one| one.expected != "gone"));
    for constraint in constraints {
        match asked
            .comparison
            .constraint(&expected, table, constraint, asked.schema)
        {
            Likeness::Same(_) => {}
            Likeness::Different(difference) => differences.push(difference),
            Likeness::Absent => differences.push(missing(&format!(
                "constraint {} of {}",
                constraint.name().unwrap_or("of the column"),
                table.name
            ))),
        }
    }
    Truth::of(differences, || {
        let data_type = asked
            .dialect
            .type_name(&column.data_type)
            .unwrap_or_default();
        format!("column {}.{} {data_type} is there", table.name, column.name)
    })
}

fn add_constraint(asked: Asked<'_>, table: &Table, constraint: &Constraint) -> Truth {
    let label = constraint.name().unwrap_or("of that definition");
    match likeness(asked, table, constraint) {
        Likeness::Same(found) => Truth::Already(format!("constraint {label} is there: {found}")),
        Likeness::Different(difference) => Truth::Contradicted(vec![difference]),
        Likeness::Absent => match other_primary_key(table, constraint) {
            Some(difference) => Truth::Contradicted(vec![difference]),
            None => Truth::Pending,
        },
    }
}

/// A constraint that was asked for as `NOT VALID` is there also if it has been validated since.
fn likeness(asked: Asked<'_>, table: &Table, constraint: &Constraint) -> Likeness {
    let found = asked
        .comparison
        .constraint(table, table, constraint, asked.schema);
    if matches!(found, Likeness::Same(_)) || is_validated(constraint) {
        return found;
    }
    let mut validated = constraint.clone();
    match &mut validated {
        Constraint::ForeignKey(key) => key.validated = true,
        Constraint::Check(check) => check.validated = true,
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => {}
    }
    match asked
        .comparison
        .constraint(table, table, &validated, asked.schema)
    {
        Likeness::Same(same) => Likeness::Same(same),
        _ => found,
    }
}

fn other_primary_key(table: &Table, constraint: &Constraint) -> Option<Difference> {
    let Constraint::PrimaryKey(key) = constraint else {
        return None;
    };
    let found = table.primary_key();
    (!found.is_empty()).then(|| Difference {
        object: format!("table {}", table.name),
        aspect: "primary key".to_owned(),
        expected: key.columns.join(", "),
        found: found.join(", "),
    })
}

fn is_validated(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::ForeignKey(key) => key.validated,
        Constraint::Check(check) => check.validated,
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => true,
    }
}
