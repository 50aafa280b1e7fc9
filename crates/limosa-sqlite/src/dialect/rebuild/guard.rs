//! What would be wrong with the rows, asked of the old table.

use limosa_core::datatype::DataType;
use limosa_core::dialect::{Fate, Guard, Unsupported};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Column, Constraint, ForeignKey, Table};

use super::super::{column, names, quoted, render, types};
use super::origin::Origin;
use super::{Change, copy, find, same};

/// How many keys are shown.
const SHOWN: usize = 5;

/// All questions about the rows of a table.
pub(super) fn all(change: &Change<'_>) -> Result<Vec<Guard>, Unsupported> {
    let mut guards = Vec::new();
    for column in &change.after.columns {
        guards.extend(conversion(change, column)?);
    }
    for column in &change.after.columns {
        guards.extend(not_null(change, column)?);
    }
    let old = same::constraints(change.before, change.schema);
    let result = same::constraints(change.after, change.result);
    for new in same::missing(&result, &old) {
        // Under another name it is the same question, which was answered.
        let mut unnamed = new.clone();
        *unnamed.name_mut() = None;
        let is_there = old.iter().any(|own| {
            let mut own = own.clone();
            *own.name_mut() = None;
            same::constraint(&own, &unnamed)
        });
        if !is_there {
            guards.push(constraint(change, &new)?);
        }
    }
    Ok(guards)
}

/// The rows as they will be, with what they are called in messages.
fn image(change: &Change<'_>) -> Result<String, Unsupported> {
    let mut columns = vec![format!("{} AS \"limosa key\"", key(change))];
    for column in &change.after.columns {
        let value = match (&column.generated, copy::source(change, column)) {
            (Some(generated), _) => render::expression(&generated.expr)?,
            (None, Some(source)) => source,
            (None, None) => continue,
        };
        columns.push(format!("{value} AS {}", quoted(&column.name)));
    }
    Ok(format!(
        "(SELECT {} FROM {})",
        columns.join(", "),
        names::object(&change.before.name)?
    ))
}

fn key(change: &Change<'_>) -> String {
    let shown = |name: &String| format!("quote({})", quoted(name));
    let columns: Vec<String> = change.before.primary_key().iter().map(shown).collect();
    if columns.is_empty() {
        return copy::rowid(change)
            .map_or_else(|| "NULL".to_owned(), |rowid| format!("'rowid ' || {rowid}"));
    }
    let named = change.before.primary_key().join(", ").replace('\'', "''");
    format!("'{named} = ' || {}", columns.join(" || ', ' || "))
}

/// Asks for rows of the image for which something holds.
fn rows(change: &Change<'_>, what: &str, wrong: &str) -> Result<Guard, Unsupported> {
    let image = image(change)?;
    Ok(Guard {
        tables: vec![change.before.name.clone()],
        what: format!("rows of {} {what}", change.before.name),
        count: format!("SELECT count(*) FROM {image} WHERE {wrong}"),
        sample: format!("SELECT \"limosa key\" FROM {image} WHERE {wrong} LIMIT {SHOWN}"),
        fate: Fate::Taken,
    })
}

/// NULL where there must be none.
fn not_null(change: &Change<'_>, column: &Column) -> Result<Option<Guard>, Unsupported> {
    if column.nullable || column.generated.is_some() {
        return Ok(None);
    }
    let name = &column.name;
    let is_null = format!("{} IS NULL", quoted(name));
    let asked = match change.origins.get(name) {
        Origin::Added(value) if value == "NULL" => rows(
            change,
            &format!("would have no value for {name}, which is NOT NULL and has no default"),
            "TRUE",
        ),
        Origin::Column(old) if is_new(change, old, column) => {
            rows(change, &format!("hold NULL in {name}"), &is_null)
        }
        Origin::Reckoned(_) => rows(change, &format!("would hold NULL in {name}"), &is_null),
        _ => return Ok(None),
    };
    // A key alone may take NULL, or number the row instead ("Quirks", section 5; "Rowid Tables").
    let fate = if names::contains(change.after.primary_key(), name) {
        Fate::Taken
    } else {
        Fate::Refused
    };
    asked.map(|guard| Some(Guard { fate, ..guard }))
}

/// Whether NOT NULL is new: a primary key alone does not imply it here.
fn is_new(change: &Change<'_>, old: &str, column: &Column) -> bool {
    let in_key = |table: &Table, name: &str| names::contains(table.primary_key(), name);
    let was = in_key(change.before, old);
    find(change.before, old).is_some_and(|before| before.nullable)
        || was != in_key(change.after, &column.name)
}

/// A value that the new type has no place for.
fn conversion(change: &Change<'_>, column: &Column) -> Result<Option<Guard>, Unsupported> {
    let retyped = match change.origins.get(&column.name) {
        Origin::Column(old) => find(change.before, old)
            .is_some_and(|before| types::held(&before.data_type) != types::held(&column.data_type)),
        Origin::Reckoned(_) => true,
        _ => false,
    };
    if !retyped {
        return Ok(None);
    }
    let Some(fits) = fits(&column.data_type, &quoted(&column.name)) else {
        return Ok(None);
    };
    let spelling = column::declared_type(column, change.after)?;
    // The old value is asked about, before a strict table's cast cuts it.
    let own = match change.origins.get(&column.name) {
        Origin::Column(old) => fits.replace(&quoted(&column.name), &quoted(old)),
        _ => fits,
    };
    let what = format!("hold a value in {} that is lost as {spelling}", column.name);
    match change.origins.get(&column.name) {
        Origin::Column(_) => asked_of_old(change, &what, &format!("NOT ({own})")).map(Some),
        _ => rows(change, &what, &format!("NOT ({own})")).map(Some),
    }
}

fn asked_of_old(change: &Change<'_>, what: &str, wrong: &str) -> Result<Guard, Unsupported> {
    let old = names::object(&change.before.name)?;
    Ok(Guard {
        tables: vec![change.before.name.clone()],
        what: format!("rows of {} {what}", change.before.name),
        count: format!("SELECT count(*) FROM {old} WHERE {wrong}"),
        sample: format!(
            "SELECT {} FROM {old} WHERE {wrong} LIMIT {SHOWN}",
            key(change)
        ),
        fate: Fate::Taken,
    })
}

/// What holds of a value that a type takes without loss; none if it takes any.
///
/// Comparing with a cast value converts a text first ("Datatypes In SQLite", section 4.2), so that
/// `x = CAST(x AS INTEGER)` says that all of the text is a number, and one that fits.
fn fits(data_type: &DataType, x: &str) -> Option<String> {
    let equals = |class: &str| format!("typeof({x}) <> 'blob' AND {x} = CAST({x} AS {class})");
    let condition = match data_type {
        DataType::SmallInt | DataType::Integer | DataType::BigInt => equals("INTEGER"),
        DataType::Boolean => format!("{} AND {x} IN (0, 1)", equals("INTEGER")),
        DataType::Real | DataType::Double => equals("REAL"),
        // A number of more digits than a double has would be cut.
        DataType::Numeric(_) => format!(
            "{} AND NOT (typeof({x}) = 'text' AND typeof(CAST({x} AS NUMERIC)) = 'real' AND \
             length(ltrim(replace(replace({x}, '.', ''), '-', ''), '0')) > 15)",
            equals("NUMERIC")
        ),
        DataType::Bytes | DataType::Array(_) => return None,
        // Declared so, a text that is a number becomes one.
        DataType::Date | DataType::Time { .. } | DataType::Timestamp { .. } => {
            format!("typeof({x}) <> 'text' OR NOT {x} = CAST({x} AS NUMERIC)")
        }
        DataType::Other(name) if name.is_empty() || name.eq_ignore_ascii_case("any") => {
            return None;
        }
        _ => format!(
            "typeof({x}) <> 'blob' AND (typeof({x}) <> 'real' OR CAST(CAST({x} AS TEXT) AS REAL) = {x})"
        ),
    };
    Some(format!("{x} IS NULL OR ({condition})"))
}

fn constraint(change: &Change<'_>, new: &Constraint) -> Result<Guard, Unsupported> {
    match new {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => unique(change, &key.columns),
        Constraint::Check(check) => rows(
            change,
            &format!("do not satisfy {}", render::expression(&check.expr)?),
            &format!("NOT ({})", render::expression(&check.expr)?),
        ),
        Constraint::ForeignKey(key) => foreign_key(change, key),
    }
}

/// Values that stand in several rows.
fn unique(change: &Change<'_>, columns: &[String]) -> Result<Guard, Unsupported> {
    let collated = |name: &String| {
        let collation = find(change.after, name).and_then(|own| column::collation(own).ok()?);
        match collation {
            Some(collation) => format!("{} COLLATE {collation}", quoted(name)),
            None => quoted(name),
        }
    };
    let keys: Vec<String> = columns.iter().map(collated).collect();
    let shown: Vec<String> = columns
        .iter()
        .map(|name| format!("quote({})", quoted(name)))
        .collect();
    let present: Vec<String> = columns
        .iter()
        .map(|name| format!("{} IS NOT NULL", quoted(name)))
        .collect();
    let groups = format!(
        "SELECT {} || ' in ' || count(*) || ' rows' AS shown FROM {} WHERE {} GROUP BY {} HAVING count(*) > 1",
        shown.join(" || ', ' || "),
        image(change)?,
        present.join(" AND "),
        keys.join(", ")
    );
    Ok(Guard {
        tables: vec![change.before.name.clone()],
        what: format!(
            "values of {} ({}) stand in several rows",
            change.before.name,
            columns.join(", ")
        ),
        count: format!("SELECT count(*) FROM ({groups})"),
        sample: format!("{groups} LIMIT {SHOWN}"),
        fate: Fate::Refused,
    })
}

/// Rows that refer to nothing.
fn foreign_key(change: &Change<'_>, key: &ForeignKey) -> Result<Guard, Unsupported> {
    let own = names::same(&key.table, &change.before.name);
    let parent = names::table(change.result, &key.table);
    let references = match (key.references.as_slice(), parent) {
        ([], Some(parent)) => parent.primary_key().to_vec(),
        (columns, _) => columns.to_vec(),
    };
    let others = if own {
        image(change)?
    } else {
        names::object(&key.table)?
    };
    let present = key
        .columns
        .iter()
        .map(|name| format!("child.{} IS NOT NULL", quoted(name)));
    let present: Vec<String> = present.collect();
    let equal = key.columns.iter().zip(&references);
    let equal: Vec<String> = equal
        .map(|(own, other)| format!("parent.{} = child.{}", quoted(other), quoted(own)))
        .collect();
    let from = format!(
        "{} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {others} AS parent WHERE {})",
        image(change)?,
        present.join(" AND "),
        equal.join(" AND ")
    );
    let shown: Vec<String> = key
        .columns
        .iter()
        .map(|name| format!("quote(child.{})", quoted(name)))
        .collect();
    let mut tables: Vec<ObjectName> = vec![change.before.name.clone()];
    if !own {
        tables.push(key.table.clone());
    }
    Ok(Guard {
        tables,
        what: format!(
            "rows of {} refer by {} to rows of {} that are not there",
            change.before.name,
            key.columns.join(", "),
            key.table
        ),
        count: format!("SELECT count(*) FROM {from}"),
        sample: format!(
            "SELECT \"limosa key\" || ' refers to ' || {} FROM {from} LIMIT {SHOWN}",
            shown.join(" || ', ' || ")
        ),
        fate: Fate::Taken,
    })
}
