//! Indexes, from their statements.

use limosa_core::expr::{Expr, Lexicon};
use limosa_core::schema::{Index, IndexKey, Written};

use super::reader::{self, Reader};

/// The index of a `CREATE INDEX` statement.
pub(super) fn read(name: &str, sql: &str) -> Index {
    let mut reader = Reader::new(sql);
    reader.eat(&["CREATE"]);
    let unique = reader.eat(&["UNIQUE"]);
    while reader.peek().is_some() && !reader.is("(") {
        reader.next();
    }
    let keys = reader.parenthesised().unwrap_or_default();
    let predicate = reader
        .eat(&["WHERE"])
        .then(|| Expr::parse(reader.rest(), &Lexicon::SQLITE));
    Index {
        unique,
        keys: reader::items(keys).into_iter().map(key).collect(),
        predicate,
        written: Written(Some(sql.to_owned())),
        ..Index::on_columns(name, [])
    }
}

fn key(item: &str) -> IndexKey {
    let reader = Reader::new(item);
    let descending = reader.without_last("DESC");
    let ascending = reader.without_last("ASC");
    let expr = descending.or(ascending).unwrap_or(item);
    IndexKey {
        expr: Expr::parse(expr.trim(), &Lexicon::SQLITE),
        descending: descending.is_some(),
        nulls_first: None,
        operator_class: None,
    }
}
