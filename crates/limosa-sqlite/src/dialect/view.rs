//! Views.

use limosa_core::name::ObjectName;
use limosa_core::schema::{Definition, Schema, View};

use super::{Compiled, ID, names, render, typed, unsupported};

/// `CREATE VIEW`, in place of an older one if asked.
pub(super) fn create(view: &View, or_replace: bool, before: &Schema) -> Compiled {
    if view.materialized {
        return Err(unsupported(
            format!("create the materialized view {}", view.name),
            "its views are never stored; a table filled by INSERT ... SELECT does the same",
        ));
    }
    let query = match &view.query {
        Definition::Query(query) => {
            let own = typed::query(query, &[], &typed::Scope::new(before))?;
            render::query(&own)?
        }
        Definition::Verbatim { dialect, text } if dialect == ID => text.clone(),
        Definition::Verbatim { dialect, .. } => {
            return Err(unsupported(
                format!("create the view {}", view.name),
                format!("its query is written for {dialect} and could not be read"),
            ));
        }
    };
    let name = names::object(&view.name)?;
    let columns = match view.columns.as_slice() {
        [] => String::new(),
        columns => format!(" ({})", names::list(columns)),
    };
    let replaced = or_replace.then(|| format!("DROP VIEW IF EXISTS {name}"));
    Ok(replaced
        .into_iter()
        .chain([format!("CREATE VIEW {name}{columns} AS {query}")])
        .collect())
}

/// `DROP VIEW`, and with `CASCADE` the views over it first.
pub(super) fn drop(name: &ObjectName, cascade: bool, before: &Schema) -> Compiled {
    let mut statements = drop_readers(name, cascade, before)?;
    statements.push(format!("DROP VIEW {}", names::object(name)?));
    Ok(statements)
}

/// Drops the views that read an object, or refuses: here they would stay, and fail when read.
pub(super) fn drop_readers(name: &ObjectName, cascade: bool, before: &Schema) -> Compiled {
    let mut statements = Vec::new();
    for view in before.views.iter().filter(|view| reads(view, name)) {
        if !cascade {
            return Err(unsupported(
                format!("drop {name}"),
                format!("the view {} reads it", view.name),
            ));
        }
        for statement in drop(&view.name, cascade, before)? {
            if !statements.contains(&statement) {
                statements.push(statement);
            }
        }
    }
    Ok(statements)
}

fn reads(view: &View, name: &ObjectName) -> bool {
    match &view.query {
        Definition::Query(query) => query.tables().iter().any(|read| names::same(read, name)),
        Definition::Verbatim { .. } => false,
    }
}
