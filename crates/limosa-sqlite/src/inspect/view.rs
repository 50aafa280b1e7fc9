//! Views, from their statements.

use limosa_core::expr::{Lexicon, Query};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Definition, View};
use limosa_core::shared::Shared;

use super::reader::Reader;
use crate::dialect::ID;

/// The view of a `CREATE VIEW` statement.
pub(super) fn read(name: &str, sql: &str) -> View {
    let mut reader = Reader::new(sql);
    while reader.peek().is_some() && !reader.is("(") && !reader.is("AS") {
        reader.next();
    }
    let columns = reader.names();
    reader.eat(&["AS"]);
    let text = reader.rest();
    let query = Query::parse(text, &Lexicon::SQLITE).map_or_else(
        |_| Definition::Verbatim {
            dialect: ID.to_owned(),
            text: text.to_owned(),
        },
        |query| Definition::Query(Shared::new(query)),
    );
    View {
        name: ObjectName::new(name),
        columns,
        query,
        materialized: false,
        comment: None,
    }
}
