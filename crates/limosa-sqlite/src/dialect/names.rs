//! Names of objects: quoting, and the one schema that there is.

use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Lexicon, TokenKind, tokens};
use limosa_core::name::{Case, ObjectName};
use limosa_core::schema::{Column, Schema, Table};

use super::unsupported;

/// The schema that an unqualified name means.
pub const DEFAULT_SCHEMA: &str = "main";

/// A quoted identifier.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Quoted identifiers, separated by commas.
pub(super) fn list<'a>(names: impl IntoIterator<Item = &'a String>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| quoted(name)).collect();
    names.join(", ")
}

/// Whether a schema is the one that an unqualified name means. `public` is Postgres' word for it,
/// so that files that say `public.users` run.
fn is_default(schema: &str) -> bool {
    schema.eq_ignore_ascii_case(DEFAULT_SCHEMA) || schema.eq_ignore_ascii_case("public")
}

/// The name without the default schema.
pub(super) fn local(name: &ObjectName) -> ObjectName {
    match &name.schema {
        Some(schema) if is_default(schema) => ObjectName::new(name.name.clone()),
        _ => name.clone(),
    }
}

/// The quoted name of an object in the only schema.
pub(super) fn object(name: &ObjectName) -> Result<String, Unsupported> {
    match local(name).schema {
        None => Ok(quoted(&name.name)),
        Some(schema) => Err(unsupported(
            format!("name {name}"),
            format!("it has no schemas, and \"{schema}\" is none of its own"),
        )),
    }
}

/// Whether two names mean the same object.
pub(super) fn same(a: &ObjectName, b: &ObjectName) -> bool {
    let (a, b) = (local(a), local(b));
    a.schema.is_some() == b.schema.is_some() && a.to_string().eq_ignore_ascii_case(&b.to_string())
}

/// The table of this name.
pub(super) fn table<'a>(schema: &'a Schema, name: &ObjectName) -> Option<&'a Table> {
    let mut tables = schema.tables.iter().map(AsRef::as_ref);
    tables.find(|table: &&Table| same(&table.name, name))
}

/// The column of this name.
pub(super) fn column<'a>(table: &'a Table, name: &str) -> Option<&'a Column> {
    table.column(name, Case::Insensitive)
}

/// Whether a list of columns holds this one.
pub(super) fn contains(columns: &[String], name: &str) -> bool {
    columns.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// `t.a` as `a`, for this table `t`.
pub(super) fn unqualified(text: &str, table: &str) -> String {
    let all = tokens(text, &Lexicon::SQLITE);
    let is_table = |at: usize| {
        let token = all[at];
        let named = matches!(token.kind, TokenKind::Word | TokenKind::Quoted)
            .then(|| token.identifier(&Lexicon::SQLITE))
            .flatten();
        let dotted = all.get(at + 1).is_some_and(|next| next.is_operator("."));
        dotted && named.is_some_and(|own| own.eq_ignore_ascii_case(table))
    };
    let mut written = String::with_capacity(text.len());
    let mut at = 0;
    while at < all.len() {
        if is_table(at) {
            at += 2;
        } else {
            written.push_str(all[at].text);
            at += 1;
        }
    }
    written
}
