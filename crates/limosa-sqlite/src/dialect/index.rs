//! Indexes.

use limosa_core::dialect::Unsupported;
use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::schema::{Index, IndexKey, Schema, Table};

use super::{Compiled, names, quoted, referred, render, typed, unsupported};

/// `CREATE INDEX`. What only makes reading faster (`INCLUDE`, the place of NULLs, `hash`) is left
/// out: the answers are the same.
pub(super) fn create(table: &ObjectName, index: &Index, before: &Schema) -> Compiled {
    match names::table(before, table) {
        Some(known) => said(table, &typed::index(index, known)?),
        None => said(table, index),
    }
}

/// `CREATE INDEX` of an index whose expressions are in this database's words.
pub(super) fn said(table: &ObjectName, index: &Index) -> Compiled {
    let what = || format!("build the index {}", index.name);
    if let Some(method) = &index.method
        && !is_plain(method)
    {
        return Err(unsupported(
            what(),
            format!("it has no {method} indexes; leave it out for sqlite"),
        ));
    }
    if index.nulls_not_distinct {
        return Err(unsupported(what(), "NULLs are always distinct in its keys"));
    }
    let keys: Result<Vec<String>, _> = index.keys.iter().map(key).collect();
    let predicate = match &index.predicate {
        Some(predicate) => format!(" WHERE {}", render::expression(predicate)?),
        None => String::new(),
    };
    Ok(vec![format!(
        "CREATE {}INDEX {} ON {} ({}){predicate}",
        if index.unique { "UNIQUE " } else { "" },
        quoted(&index.name),
        names::object(table)?,
        keys?.join(", "),
    )])
}

/// Whether an access method is answered by a B-tree just as well.
pub(super) fn is_plain(method: &str) -> bool {
    matches!(method, "btree" | "hash")
}

/// Whether an operator class only says which comparisons an index speeds up.
fn is_plain_class(class: &str) -> bool {
    class.ends_with("_pattern_ops") || matches!(class, "text_ops" | "varchar_ops" | "uuid_ops")
}

fn key(key: &IndexKey) -> Result<String, Unsupported> {
    if let Some(class) = &key.operator_class
        && !is_plain_class(class)
    {
        return Err(unsupported(
            format!("index by the operator class {class}"),
            "it has none of this kind",
        ));
    }
    let text = render::expression(&key.expr)?;
    let text = if is_column(&key.expr) {
        text
    } else {
        format!("({text})")
    };
    Ok(text + if key.descending { " DESC" } else { "" })
}

fn is_column(expr: &Expr) -> bool {
    match expr {
        Expr::Column(_) => true,
        Expr::Collate(inner, _) => is_column(inner),
        _ => false,
    }
}

/// `DROP INDEX`.
pub(super) fn drop(name: &ObjectName, before: &Schema) -> Compiled {
    let is_it =
        |table: &Table, index: &Index| names::same(&table.name.sibling(index.name.clone()), name);
    for table in &before.tables {
        if table.indexes.iter().any(|index| is_it(table, index)) {
            let mut after = table.clone();
            after.indexes.retain(|index| !is_it(table, index));
            referred::refuse_loss((table, before), (&after, before))?;
        }
    }
    Ok(vec![format!("DROP INDEX {}", names::object(name)?)])
}

/// An index cannot be renamed: it is built again under the new name.
pub(super) fn rename(from: &ObjectName, to: &str, before: &Schema) -> Compiled {
    let found = before.tables.iter().find_map(|table| {
        let index = (table.indexes.iter())
            .find(|index| names::same(&table.name.sibling(index.name.clone()), from))?;
        Some((table, index))
    });
    let Some((table, index)) = found else {
        return Err(unsupported(
            format!("rename the index {from}"),
            "no such index is known, or a constraint owns it",
        ));
    };
    let renamed = Index {
        name: to.to_owned(),
        ..index.clone()
    };
    let mut statements = vec![format!("DROP INDEX {}", names::object(from)?)];
    statements.extend(said(&table.name, &typed::shown_index(&renamed, table))?);
    Ok(statements)
}
