//! `CREATE INDEX`.

use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;
use limosa_core::schema::{Index, IndexKey, Written};
use sqlparser::ast::{
    CreateIndex, IndexColumn, IndexType, OrderByExpr, OrderByOptions, OrderBySort,
};

use super::names::Names;
use super::{Lowered, Unheld};
use crate::language::Language;

pub(super) fn lower(create: CreateIndex, names: Names) -> Lowered<Vec<Operation>> {
    let CreateIndex {
        name,
        table_name,
        using,
        columns,
        unique,
        concurrently,
        r#async: false,
        if_not_exists,
        include,
        nulls_distinct,
        with,
        predicate,
        index_options,
        alter_options,
    } = create
    else {
        return Err(Unheld("an option of CREATE INDEX"));
    };
    if !with.is_empty() || !index_options.is_empty() || !alter_options.is_empty() {
        return Err(Unheld("an option of CREATE INDEX"));
    }
    let table = names.object(&table_name)?;
    let keys = columns
        .iter()
        .map(|column| key(column, names))
        .collect::<Lowered<Vec<_>>>()?;
    let name = match name {
        Some(name) => index_name(&names.object(&name)?, &table)?,
        None => conventional_name(&table.name, &keys)?,
    };
    let index = Index {
        name,
        keys: keys.into(),
        unique,
        nulls_not_distinct: nulls_distinct == Some(false),
        method: using.and_then(|using| method(&using)),
        include: names.idents(&include),
        predicate: predicate.map(|predicate| names.expr(&predicate)),
        valid: true,
        comment: None,
        written: Written::default(),
    };
    Ok(vec![Operation::CreateIndex {
        table,
        index: index.into(),
        if_not_exists,
        concurrently,
    }])
}

/// An index lives in its table's schema, which `SQLite` has people say at the index.
fn index_name(name: &ObjectName, table: &ObjectName) -> Lowered<String> {
    match &name.schema {
        Some(schema) if table.schema.as_ref().is_some_and(|of| of != schema) => {
            Err(Unheld("an index outside its table's schema"))
        }
        _ => Ok(name.name.clone()),
    }
}

/// The name that `PostgreSQL` makes up (`ChooseIndexName` in its `indexcmds.c`).
fn conventional_name(table: &str, keys: &[IndexKey]) -> Lowered<String> {
    let mut name = table.to_owned();
    for key in keys {
        match &key.expr {
            Expr::Column(path) if path.len() == 1 => name = format!("{name}_{}", path[0]),
            _ => return Err(Unheld("an unnamed index on an expression")),
        }
    }
    let name = format!("{name}_idx");
    let fits = name.len() <= 63;
    fits.then_some(name)
        .ok_or(Unheld("an unnamed index with a long name"))
}

fn method(using: &IndexType) -> Option<String> {
    match using {
        IndexType::BTree => None,
        other => Some(other.to_string().to_ascii_lowercase()),
    }
}

fn key(column: &IndexColumn, names: Names) -> Lowered<IndexKey> {
    let IndexColumn {
        column:
            OrderByExpr {
                expr,
                options: OrderByOptions { sort, nulls_first },
                with_fill: None,
            },
        operator_class,
    } = column
    else {
        return Err(Unheld("WITH FILL"));
    };
    let descending = match sort {
        Some(OrderBySort::Asc) | None => false,
        Some(OrderBySort::Desc) => true,
        Some(OrderBySort::Using(_)) => return Err(Unheld("an ordering operator")),
    };
    let operator_class = operator_class.as_ref().map(|class| names.object(class));
    Ok(IndexKey {
        expr: names.expr(expr),
        descending,
        nulls_first: nulls_first.filter(|first| *first != default_nulls_first(descending, names)),
        operator_class: operator_class.transpose()?.map(|class| class.to_string()),
    })
}

/// NULL is the largest value on `PostgreSQL` and the smallest on `SQLite`.
fn default_nulls_first(descending: bool, names: Names) -> bool {
    match names.language {
        Language::Postgres => descending,
        Language::Sqlite => !descending,
    }
}
