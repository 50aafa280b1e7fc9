//! What would be wrong with the rows, asked of the old table.

mod image;
mod refer;

use limosa_core::datatype::DataType;
use limosa_core::dialect::{Fate, Guard, Unsupported};
use limosa_core::expr::Expr;
use limosa_core::schema::{Column, Constraint, Index, Table};

use super::super::{column, names, quoted, render, types};
use super::origin::Origin;
use super::{Change, same};
use image::{image, key};
use refer::{foreign_key, orphans, referring};

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
    for new in same::constraints(change.after, change.result) {
        // Under another name it is the same question, which was answered; over other values it is not.
        let is_there = old.iter().any(|own| same::but_for_names(own, &new));
        if !is_there || !change.are_read_alike(&constraint_columns(&new, change.after)) {
            guards.push(constraint(change, &new)?);
        }
    }
    for index in change.after.indexes.iter().filter(|index| index.unique) {
        let is_there = change.before.indexes.contains(index);
        if !is_there || !change.are_read_alike(&index_columns(index)) {
            guards.push(unique_index(change, index)?);
        }
    }
    for (child, key) in referring(change) {
        let references = key.referred(change.after);
        if !change.are_read_alike(references) {
            guards.push(orphans(change, child, key, references)?);
        }
    }
    Ok(guards)
}

/// The columns of a table that a constraint of its own reads.
fn constraint_columns(constraint: &Constraint, table: &Table) -> Vec<String> {
    match constraint {
        Constraint::ForeignKey(key) if names::same(&key.table, &table.name) => {
            let both = key.columns.iter().chain(key.referred(table));
            both.cloned().collect()
        }
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => key.columns.clone(),
        Constraint::ForeignKey(key) => key.columns.clone(),
        Constraint::Check(check) => check.expr.columns(),
    }
}

fn index_columns(index: &Index) -> Vec<String> {
    let keys = index.keys.iter().flat_map(|key| key.expr.columns());
    let predicate = index.predicate.iter().flat_map(Expr::columns);
    keys.chain(predicate).collect()
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
    if column.nullable {
        return Ok(None);
    }
    let name = &column.name;
    let is_null = format!("{} IS NULL", quoted(name));
    if column.generated.is_some() {
        let was = names::column(change.before, name).is_some_and(|old| !old.nullable);
        let asks = !(was && change.is_generated_alike(column));
        let what = format!("would hold NULL in {name}");
        return asks.then(|| rows(change, &what, &is_null)).transpose();
    }
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
    names::column(change.before, old).is_some_and(|before| before.nullable)
        || was != in_key(change.after, &column.name)
}

/// A value that the new type has no place for.
fn conversion(change: &Change<'_>, column: &Column) -> Result<Option<Guard>, Unsupported> {
    let origin = match change.origins.get(&column.name) {
        // The expression stays, and gives the values that it gave.
        Origin::Nothing if change.is_generated_alike(column) => {
            &Origin::Column(column.name.clone())
        }
        origin => origin,
    };
    let retyped = match origin {
        Origin::Column(old) => change.is_retyped(old, column),
        Origin::Reckoned(_) => true,
        _ => false,
    };
    if !retyped {
        return Ok(None);
    }
    // A strict table holds a date as a text, and nothing else.
    let is_text = change.after.storage.strict
        && matches!(types::strict(&column.data_type).as_deref(), Ok("TEXT"));
    let held = if is_text {
        &DataType::Text
    } else {
        &column.data_type
    };
    let Some(fits) = fits(held, &quoted(&column.name)) else {
        return Ok(None);
    };
    let spelling = column::declared_type(column, change.after)?;
    // The old value is asked about, before a strict table's cast cuts it.
    let own = match origin {
        Origin::Column(old) => fits.replace(&quoted(&column.name), &quoted(old)),
        _ => fits,
    };
    let what = format!("hold a value in {} that is lost as {spelling}", column.name);
    match origin {
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
    let keys: Vec<String> = columns.iter().map(|name| collated(change, name)).collect();
    let shown: Vec<String> = columns.iter().map(|name| quoted(name)).collect();
    repeated(change, &columns.join(", "), &shown, &keys, None)
}

/// A column as it compares in a key.
fn collated(change: &Change<'_>, name: &str) -> String {
    let collation =
        names::column(change.after, name).and_then(|own| column::collation(own).ok()?);
    match collation {
        Some(collation) => format!("{} COLLATE {collation}", quoted(name)),
        None => quoted(name),
    }
}

fn unique_index(change: &Change<'_>, index: &Index) -> Result<Guard, Unsupported> {
    let mut keys = Vec::new();
    for key in &index.keys {
        keys.push(match &key.expr {
            Expr::Column(path) => collated(change, path.last().map_or("", String::as_str)),
            expr => format!("({})", render::expression(expr)?),
        });
    }
    let predicate = index
        .predicate
        .as_ref()
        .map(render::expression)
        .transpose()?;
    repeated(change, &index.name, &keys, &keys, predicate.as_deref())
}

fn repeated(
    change: &Change<'_>,
    what: &str,
    values: &[String],
    keys: &[String],
    predicate: Option<&str>,
) -> Result<Guard, Unsupported> {
    let shown: Vec<String> = values
        .iter()
        .map(|value| format!("quote({value})"))
        .collect();
    let mut present: Vec<String> = keys
        .iter()
        .map(|key| format!("{key} IS NOT NULL"))
        .collect();
    present.extend(predicate.map(|predicate| format!("({predicate})")));
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
            "values of {} ({what}) stand in several rows",
            change.before.name
        ),
        count: format!("SELECT count(*) FROM ({groups})"),
        sample: format!("{groups} LIMIT {SHOWN}"),
        fate: Fate::Refused,
    })
}
