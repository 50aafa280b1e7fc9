//! `CREATE TABLE`.

use limosa_core::operation::Operation;
use limosa_core::schema::{Constraint, Table};
use sqlparser::ast::helpers::stmt_create_table::CreateTableBuilder;
use sqlparser::ast::{CreateTable, HiveDistributionStyle, HiveFormat};

use super::names::Names;
use super::{Lowered, Unheld, column, constraint};

pub(super) fn lower(create: CreateTable, names: Names) -> Lowered<Vec<Operation>> {
    let create = without_defaults(create);
    if create != modelled_part(&create) {
        return Err(Unheld("an option of CREATE TABLE"));
    }
    if create.columns.is_empty() && create.constraints.is_empty() {
        return Err(Unheld("a table without columns"));
    }
    let mut table = Table::new(names.object(&create.name)?);
    table.storage.strict = create.strict;
    table.storage.without_rowid = create.without_rowid;
    for definition in &create.columns {
        let (column, constraints) = column::lower(definition, names)?;
        table.columns.push(column);
        table.constraints.extend(constraints);
    }
    for definition in &create.constraints {
        table
            .constraints
            .push(constraint::lower(definition, names)?);
    }
    require_key_columns(&mut table, names);
    merge_keys(&mut table.constraints);
    Ok(vec![Operation::CreateTable {
        table: table.into(),
        if_not_exists: create.if_not_exists,
    }])
}

/// The statement with only what the model holds: whatever else it says makes a difference.
fn modelled_part(create: &CreateTable) -> CreateTable {
    CreateTableBuilder::new(create.name.clone())
        .columns(create.columns.clone())
        .constraints(create.constraints.clone())
        .if_not_exists(create.if_not_exists)
        .strict(create.strict)
        .without_rowid(create.without_rowid)
        .build()
}

/// The parser fills these in where nothing was said.
fn without_defaults(mut create: CreateTable) -> CreateTable {
    if create.hive_distribution == HiveDistributionStyle::NONE
        && create.hive_formats == Some(HiveFormat::default())
    {
        create.hive_formats = None;
    }
    create
}

/// The columns of a primary key are never NULL, wherever the key is written.
fn require_key_columns(table: &mut Table, names: Names) {
    let case = names.case();
    let keys = table.constraints.iter().filter_map(|one| match one {
        Constraint::PrimaryKey(key) => Some(key.columns.clone()),
        _ => None,
    });
    for column in keys.flatten().collect::<Vec<_>>() {
        if let Some(column) = table.column_mut(&column, case) {
            column.nullable = false;
        }
    }
}

/// Databases keep one of the keys of a `CREATE TABLE` that say the same: the primary key, else the
/// first, under the first name that was given (`transformIndexConstraints` in `PostgreSQL`'s
/// `parse_utilcmd.c`; names mean nothing to `SQLite`).
fn merge_keys(constraints: &mut Vec<Constraint>) {
    let mut kept: Vec<Constraint> = Vec::new();
    let primary = |one: &Constraint| matches!(one, Constraint::PrimaryKey(_));
    let place = constraints.iter().position(primary);
    let first = place.map(|place| constraints[place].clone());
    let rest = constraints.drain(..).filter(|one| !primary(one));
    for constraint in first.into_iter().chain(rest) {
        let same = constraint.key().and_then(|key| {
            let repeated =
                |one: &&mut Constraint| one.key().is_some_and(|other| key.repeats(other));
            kept.iter_mut().find(repeated)
        });
        match same {
            Some(one) if one.name().is_none() => {
                *one.name_mut() = constraint.name().map(str::to_owned);
            }
            Some(_) => {}
            None => kept.push(constraint),
        }
    }
    *constraints = kept;
}
