//! Comments that migrations make. Those of others are nobody's business here.

use crate::diff::Difference;
use crate::name::Case;
use crate::schema::Table;

/// The comments on a table, its columns and its indexes that should be there and are not.
pub(super) fn missing(expected: &Table, found: &Table, case: Case) -> Vec<Difference> {
    let table = std::iter::once(difference(
        || format!("table {}", expected.name),
        expected.comment.as_ref(),
        found.comment.as_ref(),
    ));
    let columns = expected.columns.iter().map(|column| {
        let other = found.column(&column.name, case);
        difference(
            || format!("column {}.{}", expected.name, column.name),
            column.comment.as_ref(),
            other.and_then(|other| other.comment.as_ref()),
        )
    });
    let indexes = expected.indexes.iter().map(|index| {
        let mut others = found.indexes.iter();
        let other = others.find(|other| case.same(&other.name, &index.name));
        difference(
            || format!("index {}", index.name),
            index.comment.as_ref(),
            other.and_then(|other| other.comment.as_ref()),
        )
    });
    table.chain(columns).chain(indexes).flatten().collect()
}

fn difference(
    object: impl Fn() -> String,
    expected: Option<&String>,
    found: Option<&String>,
) -> Option<Difference> {
    let show = |text: Option<&String>| text.map_or("none".to_owned(), |text| format!("'{text}'"));
    (expected.is_some() && expected != found).then(|| Difference {
        object: object(),
        aspect: "comment".to_owned(),
        expected: show(expected),
        found: show(found),
    })
}
