//! Changes of a table's columns and constraints.

use super::Misfit;
use super::create::tolerate;
use crate::expr::Expr;
use crate::name::{Case, ObjectName};
use crate::naming::constraint_called;
use crate::operation::TableChange;
use crate::schema::{Column, Constraint, ForeignKey, Identity, Index, Schema, Table};

pub(super) fn apply(
    schema: &mut Schema,
    name: &ObjectName,
    change: &TableChange,
) -> Result<(), Misfit> {
    let case = schema.case;
    match change {
        TableChange::DropColumn {
            name: column,
            if_exists,
            cascade,
        } => {
            return drop_column(schema, name, column, *if_exists, *cascade);
        }
        TableChange::RenameColumn { from, to } => return rename_column(schema, name, from, to),
        TableChange::DropConstraint {
            name: constraint,
            if_exists,
            cascade,
        } => {
            return drop_constraint(schema, name, constraint, *if_exists, *cascade);
        }
        _ => {}
    }
    let table = schema
        .table_mut(name)
        .ok_or_else(|| Misfit::missing("table", name))?;
    match change {
        TableChange::AddColumn {
            column,
            constraints,
            if_not_exists,
        } => {
            if table.column(&column.name, case).is_some() {
                return tolerate(*if_not_exists, || {
                    Misfit::exists("column", format!("{name}.{}", column.name))
                });
            }
            // Schemas are many, and most of their tables grow once.
            table.columns.reserve_exact(1);
            table.columns.push(Column::clone(column));
            for constraint in constraints {
                add_constraint(table, constraint, None, case)?;
            }
        }
        TableChange::SetType {
            column,
            data_type,
            collation,
            ..
        } => {
            let column = find(table, column, case)?;
            column.data_type = data_type.clone();
            column.collation.clone_from(collation);
        }
        TableChange::SetNullable { column, nullable } => {
            let is_key = table.primary_key().iter().any(|own| case.same(own, column));
            if *nullable && is_key {
                let label = format!("{}.{column}", table.name);
                return Err(Misfit(format!("column {label} is in the primary key")));
            }
            find(table, column, case)?.nullable = *nullable;
        }
        TableChange::SetDefault { column, default } => {
            let column = find(table, column, case)?;
            column.default.clone_from(default);
            // What numbers a serial column is its default.
            column.identity = column
                .identity
                .filter(|identity| *identity != Identity::Serial);
        }
        TableChange::SetIdentity { column, identity } => {
            let column = find(table, column, case)?;
            column.identity = *identity;
        }
        TableChange::SetGenerated { column, generated } => {
            find(table, column, case)?.generated.clone_from(generated);
        }
        TableChange::AddConstraint {
            constraint,
            using_index,
            if_not_exists,
        } => {
            let called = |name| table.constraint(name, case).is_some();
            if *if_not_exists && constraint.name().is_some_and(called) {
                return Ok(());
            }
            add_constraint(table, constraint, using_index.as_deref(), case)?;
        }
        TableChange::RenameConstraint { from, to } => {
            let at = constraint_called(table, from, case)
                .ok_or_else(|| Misfit::missing("constraint", from))?;
            *table.constraints[at].name_mut() = Some(to.clone());
        }
        TableChange::ValidateConstraint { name } => validate(table, name, case)?,
        TableChange::DropColumn { .. }
        | TableChange::RenameColumn { .. }
        | TableChange::DropConstraint { .. } => {}
    }
    Ok(())
}

fn find<'a>(table: &'a mut Table, name: &str, case: Case) -> Result<&'a mut Column, Misfit> {
    let label = format!("{}.{name}", table.name);
    table
        .column_mut(name, case)
        .ok_or_else(|| Misfit::missing("column", label))
}

fn add_constraint(
    table: &mut Table,
    constraint: &Constraint,
    using_index: Option<&str>,
    case: Case,
) -> Result<(), Misfit> {
    if let Some(name) = constraint.name()
        && table.constraint(name, case).is_some()
    {
        return Err(Misfit::exists(
            "constraint",
            format!("{name} of {}", table.name),
        ));
    }
    let mut constraint = constraint.clone();
    if let Some(index_name) = using_index {
        let at = table
            .indexes
            .iter()
            .position(|index| case.same(&index.name, index_name));
        let at = at.ok_or_else(|| Misfit::missing("index", index_name))?;
        take_keys(&mut constraint, &table.indexes.remove(at));
    }
    if let Constraint::PrimaryKey(key) = &constraint {
        for name in key.columns.clone() {
            find(table, &name, case)?.nullable = false;
        }
    }
    table.constraints.push(constraint);
    Ok(())
}

/// `USING INDEX` names no columns: they are the index's.
fn take_keys(constraint: &mut Constraint, index: &Index) {
    if let Constraint::PrimaryKey(key) | Constraint::Unique(key) = constraint {
        key.columns = index
            .keys
            .iter()
            .flat_map(|own| own.expr.columns())
            .collect();
        key.include.clone_from(&index.include);
        key.nulls_not_distinct = index.nulls_not_distinct;
    }
}

fn validate(table: &mut Table, name: &str, case: Case) -> Result<(), Misfit> {
    let label = format!("{name} of {}", table.name);
    let found = table
        .constraints
        .iter_mut()
        .find(|own| own.name().is_some_and(|own| case.same(own, name)))
        .ok_or_else(|| Misfit::missing("constraint", label))?;
    match found {
        Constraint::ForeignKey(key) => key.validated = true,
        Constraint::Check(check) => check.validated = true,
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => {}
    }
    Ok(())
}

fn drop_column(
    schema: &mut Schema,
    table: &ObjectName,
    column: &str,
    if_exists: bool,
    cascade: bool,
) -> Result<(), Misfit> {
    let case = schema.case;
    let label = || format!("{table}.{column}");
    if schema
        .table(table)
        .and_then(|found| found.column(column, case))
        .is_none()
    {
        return tolerate(if_exists, || Misfit::missing("column", label()));
    }
    drop_references(schema, cascade, &label(), |schema, key| {
        schema.same_object(&key.table, table)
            && key.references.iter().any(|own| case.same(own, column))
    })?;
    let found = schema
        .table_mut(table)
        .ok_or_else(|| Misfit::missing("table", table))?;
    found.columns.retain(|own| !case.same(&own.name, column));
    found
        .constraints
        .retain(|own| !constraint_columns(own).iter().any(|c| case.same(c, column)));
    found
        .indexes
        .retain(|own| !index_columns(own).iter().any(|c| case.same(c, column)));
    Ok(())
}

/// Removes foreign keys of any table, or refuses where there is one and `cascade` is not said.
fn drop_references(
    schema: &mut Schema,
    cascade: bool,
    label: &str,
    refers: impl Fn(&Schema, &ForeignKey) -> bool,
) -> Result<(), Misfit> {
    let names = schema.without_objects();
    for table in &mut schema.tables {
        let before = table.constraints.len();
        table
            .constraints
            .retain(|own| !matches!(own, Constraint::ForeignKey(key) if refers(&names, key)));
        if table.constraints.len() < before && !cascade {
            return Err(Misfit(format!(
                "a foreign key of table {} needs {label}",
                table.name
            )));
        }
    }
    Ok(())
}

fn drop_constraint(
    schema: &mut Schema,
    table: &ObjectName,
    name: &str,
    if_exists: bool,
    cascade: bool,
) -> Result<(), Misfit> {
    let case = schema.case;
    let found = schema
        .table(table)
        .ok_or_else(|| Misfit::missing("table", table))?;
    let called = constraint_called(found, name, case);
    let Some(constraint) = called.map(|at| found.constraints[at].clone()) else {
        return tolerate(if_exists, || {
            Misfit::missing("constraint", format!("{name} of {table}"))
        });
    };
    if let Constraint::PrimaryKey(key) | Constraint::Unique(key) = &constraint {
        let primary = matches!(constraint, Constraint::PrimaryKey(_));
        drop_references(schema, cascade, name, |schema, own| {
            schema.same_object(&own.table, table)
                && (own.references == key.columns || (own.references.is_empty() && primary))
        })?;
    }
    let found = schema
        .table_mut(table)
        .ok_or_else(|| Misfit::missing("table", table))?;
    // A cascade may have moved it.
    if let Some(at) = constraint_called(found, name, case) {
        found.constraints.remove(at);
    }
    Ok(())
}

fn rename_column(
    schema: &mut Schema,
    table: &ObjectName,
    from: &str,
    to: &str,
) -> Result<(), Misfit> {
    let case = schema.case;
    let names = schema.without_objects();
    let found = schema
        .table_mut(table)
        .ok_or_else(|| Misfit::missing("table", table))?;
    if !case.same(from, to) && found.column(to, case).is_some() {
        return Err(Misfit::exists("column", format!("{table}.{to}")));
    }
    to.clone_into(&mut find(found, from, case)?.name);
    each_expression(found, &mut |expr| expr.rename_column(from, to, case));
    for index in &mut found.indexes {
        rename_in_list(&mut index.include, from, to, case);
    }
    for constraint in &mut found.constraints {
        rename_in_constraint(constraint, from, to, case);
    }
    for constraint in schema
        .tables
        .iter_mut()
        .flat_map(|table| &mut table.constraints)
    {
        if let Constraint::ForeignKey(key) = constraint
            && names.same_object(&key.table, table)
        {
            rename_in_list(&mut key.references, from, to, case);
        }
    }
    Ok(())
}

/// What a table's own definition says about its columns, defaults aside.
pub(super) fn each_expression(table: &mut Table, visit: &mut dyn FnMut(&mut Expr)) {
    for column in &mut table.columns {
        if let Some(generated) = &mut column.generated {
            visit(&mut generated.expr);
        }
    }
    for index in &mut table.indexes {
        index.keys.iter_mut().for_each(|key| visit(&mut key.expr));
        index.predicate.iter_mut().for_each(&mut *visit);
    }
    for constraint in &mut table.constraints {
        if let Constraint::Check(check) = constraint {
            visit(&mut check.expr);
        }
    }
}

fn rename_in_constraint(constraint: &mut Constraint, from: &str, to: &str, case: Case) {
    match constraint {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => {
            rename_in_list(&mut key.columns, from, to, case);
            rename_in_list(&mut key.include, from, to, case);
        }
        Constraint::ForeignKey(key) => rename_in_list(&mut key.columns, from, to, case),
        Constraint::Check(_) => {}
    }
}

fn rename_in_list(names: &mut [String], from: &str, to: &str, case: Case) {
    for name in names.iter_mut().filter(|name| case.same(name, from)) {
        to.clone_into(name);
    }
}

/// The columns of its own table that a constraint is about.
pub(crate) fn constraint_columns(constraint: &Constraint) -> Vec<String> {
    match constraint {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => {
            key.columns.iter().chain(&key.include).cloned().collect()
        }
        Constraint::ForeignKey(key) => key.columns.clone(),
        Constraint::Check(check) => check.expr.columns(),
    }
}

/// The columns that an index is about.
pub(crate) fn index_columns(index: &Index) -> Vec<String> {
    let keys = index.keys.iter().map(|key| &key.expr);
    let mut columns: Vec<String> = keys
        .chain(&index.predicate)
        .flat_map(crate::expr::Expr::columns)
        .collect();
    columns.extend(index.include.iter().cloned());
    columns
}
