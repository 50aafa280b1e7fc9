//! In what two schemas differ, by the rules of a dialect.

use limosa_core::dialect::Dialect;
use limosa_core::diff::Comparison;
use limosa_core::name::ObjectName;
use limosa_core::schema::Schema;

/// All differences, in words; none if the schemas are the same to this dialect.
///
/// Views are compared by name and kind: a catalog gives their queries back in words of its own.
pub fn differences(expected: &Schema, found: &Schema, dialect: &dyn Dialect) -> Vec<String> {
    let mut all = tables(expected, found, dialect);
    all.extend(presence("view", &views(expected), &views(found)));
    if dialect.facts().enum_types {
        all.extend(presence("enum", &enums(expected), &enums(found)));
    }
    if dialect.facts().comments {
        all.extend(presence("comment", &comments(expected), &comments(found)));
    }
    all
}

fn tables(expected: &Schema, found: &Schema, dialect: &dyn Dialect) -> Vec<String> {
    let comparison = Comparison::new(dialect);
    let mut all = Vec::new();
    for table in &expected.tables {
        match found.table(&table.name) {
            Some(other) => all.extend(
                comparison
                    .tables(table, other, expected)
                    .iter()
                    .map(ToString::to_string),
            ),
            None => all.push(format!("table {} is missing", table.name)),
        }
    }
    let extra = found
        .tables
        .iter()
        .filter(|table| expected.table(&table.name).is_none());
    all.extend(extra.map(|table| format!("table {} is not expected", table.name)));
    all
}

fn presence(kind: &str, expected: &[String], found: &[String]) -> Vec<String> {
    let missing = expected.iter().filter(|one| !found.contains(one));
    let extra = found.iter().filter(|one| !expected.contains(one));
    missing
        .map(|one| format!("{kind} {one} is missing"))
        .chain(extra.map(|one| format!("{kind} {one} is not expected")))
        .collect()
}

/// The name, without the default schema.
fn plain(name: &ObjectName, schema: &Schema) -> String {
    if name.schema.is_some() && name.schema == schema.default_schema {
        return name.name.clone();
    }
    name.to_string()
}

fn views(schema: &Schema) -> Vec<String> {
    let label =
        |name, materialized| format!("{} (materialized: {materialized})", plain(name, schema));
    schema
        .views
        .iter()
        .map(|view| label(&view.name, view.materialized))
        .collect()
}

fn enums(schema: &Schema) -> Vec<String> {
    schema
        .enums
        .iter()
        .map(|one| format!("{} {:?}", plain(&one.name, schema), one.labels))
        .collect()
}

fn comments(schema: &Schema) -> Vec<String> {
    let mut all = Vec::new();
    for table in &schema.tables {
        let name = plain(&table.name, schema);
        all.push((name.clone(), &table.comment));
        let columns = table.columns.iter();
        all.extend(columns.map(|column| (format!("{name}.{}", column.name), &column.comment)));
        let indexes = table.indexes.iter();
        all.extend(indexes.map(|index| (format!("index {}", index.name), &index.comment)));
    }
    all.extend(
        schema
            .views
            .iter()
            .map(|view| (plain(&view.name, schema), &view.comment)),
    );
    all.extend(
        schema
            .enums
            .iter()
            .map(|one| (plain(&one.name, schema), &one.comment)),
    );
    all.into_iter()
        .filter_map(|(name, comment)| Some(format!("on {name}: {}", comment.as_ref()?)))
        .collect()
}
