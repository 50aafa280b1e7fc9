//! The catalog read into the model, in one round trip.
//!
//! The queries run with `pg_catalog` first in the search path, so that no object of the database can
//! stand in for one of the catalog's, and names of the default schema come back unqualified.

mod array;
mod column;
mod constraint;
mod index;
mod object;
mod row;

use std::collections::HashMap;

use limosa_core::error::DatabaseError;
use limosa_core::expr::Render;
use limosa_core::migrator::{Kind, Result, Scope};
use limosa_core::name::{Case, ObjectName};
use limosa_core::schema::{Schema, Storage, Table};
use limosa_core::shared::Shared;

use crate::PostgresDialect;
use crate::session::Rows;
use row::Fields;

const PATH: &str = include_str!("inspect/path.sql");

/// The queries behind that of the path, and what each of them is for if it may be left out.
const QUERIES: [(&str, Option<Kind>); 10] = [
    (include_str!("inspect/tables.sql"), None),
    (include_str!("inspect/columns.sql"), None),
    (include_str!("inspect/constraints.sql"), None),
    (include_str!("inspect/indexes.sql"), Some(Kind::Index)),
    (include_str!("inspect/index_keys.sql"), Some(Kind::Index)),
    (include_str!("inspect/enums.sql"), Some(Kind::Enum)),
    (include_str!("inspect/views.sql"), Some(Kind::View)),
    (include_str!("inspect/triggers.sql"), Some(Kind::Trigger)),
    (include_str!("inspect/sequences.sql"), Some(Kind::Sequence)),
    (
        include_str!("inspect/other_types.sql"),
        Some(Kind::OtherType),
    ),
];

fn is_asked(kind: Option<Kind>, scope: &Scope) -> bool {
    kind.is_none_or(|kind| !scope.without.contains(&kind))
}

/// The places in the queries that are left empty if none of these is asked for.
const PLACES: [(&str, &[Kind]); 8] = [
    ("option", &[Kind::TableOption]),
    ("comment", &[Kind::Comment]),
    ("collation", &[Kind::Collation]),
    ("serial", &[Kind::Serial]),
    ("enum", &[Kind::ColumnEnum]),
    ("type", &[Kind::ColumnEnum, Kind::Collation]),
    ("foreign", &[Kind::ForeignKey]),
    ("key_option", &[Kind::KeyOption]),
];

/// Fills the places `{schemas}` and `{kind? words ! words without it}`: each name that a query is spared
/// counts, where the server's caches are empty.
fn worded(query: &str, schemas: &str, scope: &Scope) -> String {
    let mut text = String::with_capacity(query.len() + schemas.len());
    let mut rest = query.trim_end();
    while let Some((before, behind)) = rest.split_once('{') {
        let (place, after) = behind.split_once('}').expect("a place ends");
        text.push_str(before);
        text.push_str(match place.split_once('?') {
            None => schemas,
            Some((name, words)) => {
                let place = PLACES.iter().find(|(own, _)| *own == name);
                let (_, kinds) = place.expect("each place has its kinds");
                let (with, without) = words.split_once('!').unwrap_or((words, ""));
                let asked = kinds.iter().any(|kind| is_asked(Some(*kind), scope));
                if asked { with } else { without }
            }
        });
        rest = after;
    }
    text + rest
}

/// All queries as one text.
pub(crate) fn query(scope: &Scope, default: Option<&str>) -> String {
    let schemas = schemas(default, scope);
    let default = default.map_or_else(|| "pg_catalog.current_schema()".to_owned(), literal);
    let path = PATH.replace("{default}", &default);
    let rest: Vec<String> = QUERIES
        .iter()
        .filter(|(_, kind)| is_asked(*kind, scope))
        .map(|(query, _)| worded(query, &schemas, scope))
        .collect();
    format!("{};\n{}", path.trim_end(), rest.join(";\n"))
}

/// The schemas of interest as an array of names.
pub(crate) fn schemas(default: Option<&str>, scope: &Scope) -> String {
    // After the first query the second schema of the path is the default one.
    let first = default.map_or_else(
        || "(pg_catalog.current_schemas(false))[2]".to_owned(),
        literal,
    );
    let mut schemas = vec![first];
    schemas.extend(scope.schemas.iter().map(|name| literal(name)));
    format!("ARRAY[{}]::pg_catalog.name[]", schemas.join(", "))
}

/// The schemas of interest by the catalog's numbers, null for those that are not there, as what a number is
/// compared with: `ANY` of several.
pub(crate) fn numbers(default: Option<&str>, scope: &Scope) -> String {
    let names = default
        .into_iter()
        .chain(scope.schemas.iter().map(String::as_str));
    let number = |name| {
        format!(
            "pg_catalog.to_regnamespace({})",
            literal(&PostgresDialect.identifier(name))
        )
    };
    let all: Vec<String> = names.map(number).collect();
    match all.as_slice() {
        [only] => format!("{only}::pg_catalog.oid"),
        several => format!("ANY (ARRAY[{}]::pg_catalog.oid[])", several.join(", ")),
    }
}

fn literal(name: &str) -> String {
    PostgresDialect.string(name)
}

/// What there is where there is nothing.
pub(crate) fn nothing(default: Option<String>) -> Schema {
    Schema::empty(Case::Sensitive, default)
}

/// The answers to [`query`], behind that of the statement that opened a transaction; and the default
/// schema.
pub(crate) fn read(sets: &[Rows], scope: &Scope) -> Result<(Schema, Option<String>)> {
    let [_, path, answers @ ..] = sets else {
        return Err(too_few());
    };
    let (mut answers, none) = (answers.iter(), Rows::new());
    let mut all = Vec::with_capacity(QUERIES.len());
    for (_, kind) in QUERIES {
        all.push(if is_asked(kind, scope) {
            answers.next().ok_or_else(too_few)?
        } else {
            &none
        });
    }
    let [
        tables,
        columns,
        constraints,
        indexes,
        keys,
        enums,
        views,
        triggers,
        sequences,
        other_types,
    ] = all[..]
    else {
        return Err(too_few());
    };
    let default = match path.first() {
        Some(row) => row.optional(1).map(str::to_owned),
        None => None,
    };
    let mut schema = nothing(default.clone());
    let names = Names { default };
    let mut found = Tables::read(tables, &names)?;
    let numbers = column::read(columns, &mut found, &names)?;
    constraint::read(constraints, &mut found, &numbers, &names)?;
    index::read(indexes, keys, &mut found)?;
    schema.tables = found.list.into_iter().map(Shared::new).collect();
    schema.enums = object::enums(enums, &names)?.into();
    schema.views = object::views(views, &names)?.into();
    schema.triggers = object::triggers(triggers, &names)?.into();
    schema.sequences = object::names(sequences, &names)?.into();
    schema.other_types = object::names(other_types, &names)?.into();
    Ok((schema, names.default))
}

fn too_few() -> DatabaseError {
    row::unexpected("too few answers")
}

/// Which schema need not be said.
struct Names {
    default: Option<String>,
}

impl Names {
    fn object(&self, schema: &str, name: &str) -> ObjectName {
        if self.default.as_deref() == Some(schema) {
            ObjectName::new(name)
        } else {
            ObjectName::qualified(schema, name)
        }
    }
}

/// Tables by the catalog's number for them.
struct Tables {
    list: Vec<Table>,
    places: HashMap<String, usize>,
}

impl Tables {
    fn read(rows: &Rows, names: &Names) -> Result<Self> {
        let mut tables = Self {
            list: Vec::with_capacity(rows.len()),
            places: HashMap::with_capacity(rows.len()),
        };
        for row in rows {
            let mut table = Table::new(names.object(row.text(1)?, row.text(2)?));
            table.storage = Storage {
                options: row.optional(3).map(str::to_owned),
                ..Storage::default()
            };
            table.comment = row.optional(4).map(str::to_owned);
            tables
                .places
                .insert(row.text(0)?.to_owned(), tables.list.len());
            tables.list.push(table);
        }
        Ok(tables)
    }

    /// The table; none if it is not of interest.
    fn get(&mut self, number: &str) -> Option<&mut Table> {
        let place = self.places.get(number)?;
        self.list.get_mut(*place)
    }
}
