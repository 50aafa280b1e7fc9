//! `CREATE VIEW` and `CREATE MATERIALIZED VIEW`.

use limosa_core::operation::Operation;
use limosa_core::schema::{Definition, View};
use sqlparser::ast::{CreateTableOptions, CreateView, ViewColumnDef};

use super::names::Names;
use super::{Lowered, Unheld};
use crate::cursor::Cursor;

pub(super) fn lower(create: CreateView, text: &str, names: Names) -> Lowered<Vec<Operation>> {
    let CreateView {
        or_alter: false,
        or_replace,
        materialized,
        secure: false,
        name,
        name_before_not_exists: _,
        columns,
        query: _,
        options: CreateTableOptions::None,
        cluster_by,
        comment: None,
        with_no_schema_binding: false,
        if_not_exists,
        temporary: false,
        copy_grants: false,
        to: None,
        params: None,
    } = create
    else {
        return Err(Unheld("an option of CREATE VIEW"));
    };
    if !cluster_by.is_empty() {
        return Err(Unheld("an option of CREATE VIEW"));
    }
    let view = View {
        name: names.object(&name)?,
        columns: columns
            .iter()
            .map(|column| column_name(column, names))
            .collect::<Lowered<_>>()?,
        query: definition(query_text(text, names)?, names),
        materialized,
        comment: None,
    };
    Ok(vec![Operation::CreateView {
        view: view.into(),
        or_replace,
        if_not_exists,
    }])
}

fn column_name(column: &ViewColumnDef, names: Names) -> Lowered<String> {
    let ViewColumnDef {
        name,
        data_type: None,
        options: None,
    } = column
    else {
        return Err(Unheld("an option of a view's column"));
    };
    Ok(names.ident(name))
}

fn definition(text: &str, names: Names) -> Definition {
    match names.query(text) {
        Ok(query) => Definition::Query(query),
        Err(_) => Definition::Verbatim {
            dialect: names.language.id().to_owned(),
            text: text.to_owned(),
        },
    }
}

/// The author's query: what stands behind the first `AS`.
fn query_text(text: &str, names: Names) -> Lowered<&str> {
    let mut cursor = Cursor::new(text, names.lexicon());
    while !cursor.at_end() {
        if cursor.words("AS") {
            return Ok(cursor.rest());
        }
        cursor.next();
    }
    Err(Unheld("a view without a query"))
}
