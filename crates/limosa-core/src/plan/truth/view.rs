//! Answers about views: whether two queries are alike.

use super::object::{bare_columns, needs, other_kind};
use super::words::{bare_words, said};
use super::{Asked, Truth};
use crate::dialect::Dialect;
use crate::diff::Difference;
use crate::expr::{Body, Relation, render_query};
use crate::name::ObjectName;
use crate::operation::Operation;
use crate::schema::{Definition, Schema, Table, View};
use crate::shared::Shared;

pub(super) fn create_view(asked: Asked<'_>, wanted: &View, or_replace: bool) -> Truth {
    let Some(found) = asked.schema.view(&wanted.name) else {
        if let Some(table) = asked.schema.table(&wanted.name) {
            return other_kind(&table.name, "a view", "a table");
        }
        return match source(asked.schema, &wanted.query) {
            Some((table, columns)) => needs(asked, table, &columns),
            None => Truth::Pending,
        };
    };
    // Whoever replaces it does no harm by doing so once more: what is only alike may mean something else.
    let is_there = if or_replace {
        is_identical(asked, wanted, found)
    } else {
        same_query(asked, &wanted.query, &found.query)
    };
    if is_there {
        return Truth::Already(format!("view {} is there", wanted.name));
    }
    if or_replace {
        return Truth::Pending;
    }
    Truth::Contradicted(vec![Difference {
        object: format!("view {}", wanted.name),
        aspect: "query".to_owned(),
        expected: show_query(asked, &wanted.query),
        found: show_query(asked, &found.query),
    }])
}

/// Whether two views say the same, word for word.
fn is_identical(asked: Asked<'_>, wanted: &View, found: &View) -> bool {
    let lexicon = &asked.dialect.facts().lexicon;
    let said = |view: &View| said(&show_query(asked, &normal(&view.query)), lexicon);
    (&wanted.columns, wanted.materialized) == (&found.columns, found.materialized)
        && said(wanted) == said(found)
}

/// The one table that a plain query reads, and the columns of it that the query speaks of.
fn source<'a>(schema: &'a Schema, query: &Definition) -> Option<(&'a Table, Vec<String>)> {
    let Definition::Query(query) = query else {
        return None;
    };
    let Body::Select(select) = &query.body else {
        return None;
    };
    let [Relation::Table(name, _)] = select.from.as_slice() else {
        return None;
    };
    let exprs = select.columns.iter().map(|(expr, _)| expr);
    let columns = exprs.chain(&select.filter).flat_map(bare_columns);
    Some((schema.table(name)?, columns.collect()))
}

/// The name of a view that is never made.
const COMPARED: &str = "compared";

/// Whether two queries of a view, one that is wanted and one that was found, are alike; databases qualify,
/// parenthesise, cast and alias as they like.
pub(in crate::plan) fn same_definition(
    dialect: &dyn Dialect,
    a: &Definition,
    b: &Definition,
    schema: &Schema,
) -> bool {
    let lexicon = &dialect.facts().lexicon;
    let (shown_a, shown_b) = (normal(a), normal(b));
    let shown = |definition: &Definition| show_definition(dialect, definition);
    let (words_a, words_b) = (
        bare_words(&shown(&shown_a), lexicon),
        bare_words(&shown(&shown_b), lexicon),
    );
    // A database writes a star out; who wrote one cannot be compared.
    words_a == words_b
        || words_a.iter().chain(&words_b).any(|word| word == "*")
        || alike(made(dialect, &shown_a, &Schema::default()), || {
            made(dialect, &shown_b, &Schema::default())
        })
        || alike(made(dialect, a, schema), || {
            Some(bare_words(&shown(b), lexicon))
        })
}

fn alike(made: Option<Vec<String>>, found: impl FnOnce() -> Option<Vec<String>>) -> bool {
    made.is_some_and(|made| found().is_some_and(|found| found == made))
}

fn normal(definition: &Definition) -> Definition {
    match definition {
        Definition::Query(query) => Definition::Query(Shared::new(query.normal())),
        verbatim @ Definition::Verbatim { .. } => verbatim.clone(),
    }
}

/// The words of a query as this database would be told it.
fn made(dialect: &dyn Dialect, query: &Definition, schema: &Schema) -> Option<Vec<String>> {
    let create = Operation::CreateView {
        view: View {
            name: ObjectName::new(COMPARED),
            columns: Vec::new(),
            query: query.clone(),
            materialized: false,
            comment: None,
        }
        .into(),
        or_replace: false,
        if_not_exists: false,
    };
    let statements = dialect.compile(&create, schema).ok()?;
    let words = bare_words(statements.last()?, &dialect.facts().lexicon);
    let head = words.iter().position(|word| word == COMPARED)?;
    Some(words[head + 1..].to_vec())
}

fn same_query(asked: Asked<'_>, a: &Definition, b: &Definition) -> bool {
    same_definition(asked.dialect, a, b, asked.schema)
}

fn show_query(asked: Asked<'_>, query: &Definition) -> String {
    show_definition(asked.dialect, query)
}

pub(in crate::plan) fn show_definition(dialect: &dyn Dialect, query: &Definition) -> String {
    match query {
        Definition::Query(query) => {
            render_query(query, dialect).unwrap_or_else(|unsupported| unsupported.to_string())
        }
        Definition::Verbatim { text, .. } => text.clone(),
    }
}
