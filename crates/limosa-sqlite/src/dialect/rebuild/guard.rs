//! What would be wrong with the rows, asked of the old table.

use limosa_core::datatype::DataType;
use limosa_core::dialect::{Fate, Guard, Unsupported};
use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::schema::{Column, Constraint, ForeignKey, Index, Table};

use super::super::{column, names, quoted, render, types};
use super::origin::Origin;
use super::{Change, copy, same};

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
        let references = references(key, change.after);
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
            let both = key.columns.iter().chain(references(key, table));
            both.cloned().collect()
        }
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => key.columns.clone(),
        Constraint::ForeignKey(key) => key.columns.clone(),
        Constraint::Check(check) => check.expr.columns(),
    }
}

fn index_columns(index: &Index) -> Vec<String> {
    let keys = index.keys.iter().flat_map(|key| key.expr.columns());
    let predicate = index
        .predicate
        .iter()
        .flat_map(limosa_core::expr::Expr::columns);
    keys.chain(predicate).collect()
}

/// The foreign keys of other tables to this one, that were there before.
fn referring<'a>(change: &'a Change<'_>) -> Vec<(&'a Table, &'a ForeignKey)> {
    let others = change.result.tables.iter().map(|table| &**table);
    let others = others.filter(|other| !names::same(&other.name, &change.after.name));
    let keys = others.flat_map(|other| other.constraints.iter().map(move |own| (other, own)));
    keys.filter_map(|(other, own)| match own {
        Constraint::ForeignKey(key) if names::same(&key.table, &change.after.name) => {
            Some((other, key))
        }
        _ => None,
    })
    .collect()
}

/// The columns that a foreign key refers to.
fn references<'a>(key: &'a ForeignKey, parent: &'a Table) -> &'a [String] {
    match key.references.as_slice() {
        [] => parent.primary_key(),
        columns => columns,
    }
}

/// The rows as they will be, with what they are called in messages. What is generated is reckoned from
/// the new values, each column in a query of its own around those that it reads.
fn image(change: &Change<'_>) -> Result<String, Unsupported> {
    let mut columns = vec![format!("{} AS \"limosa key\"", key(change))];
    for column in &change.after.columns {
        if let (None, Some(source)) = (&column.generated, copy::source(change, column)) {
            let value = stored(change, column, source);
            columns.push(format!("{value} AS {}", quoted(&column.name)));
        }
    }
    let mut image = format!(
        "(SELECT {} FROM {})",
        columns.join(", "),
        names::object(&change.before.name)?
    );
    for column in generated(change.after) {
        if let Some(how) = &column.generated {
            let value = held(&column.data_type, render::expression(&how.expr)?);
            image = format!(
                "(SELECT *, {value} AS {} FROM {image})",
                quoted(&column.name)
            );
        }
    }
    Ok(image)
}

/// A value as its column will hold it.
fn stored(change: &Change<'_>, column: &Column, source: String) -> String {
    let retyped = match change.origins.get(&column.name) {
        Origin::Column(old) => change.is_retyped(old, column),
        Origin::Reckoned(_) => true,
        Origin::Added(_) | Origin::Nothing => false,
    };
    if retyped {
        held(&column.data_type, source)
    } else {
        source
    }
}

/// A value as a column of this type holds it and compares it ("Datatypes In SQLite", sections 3 and 4).
fn held(data_type: &DataType, source: String) -> String {
    match data_type {
        DataType::SmallInt
        | DataType::Integer
        | DataType::BigInt
        | DataType::Boolean
        | DataType::Numeric(_) => format!("CAST({source} AS NUMERIC)"),
        DataType::Real | DataType::Double => format!("CAST({source} AS REAL)"),
        DataType::Text | DataType::Varchar(_) | DataType::Char(_) => {
            format!("CAST({source} AS TEXT)")
        }
        // Bytes stay what they are, and texts of dates are no numbers.
        _ => source,
    }
}

/// The generated columns, each behind those that it is reckoned from.
fn generated(table: &Table) -> Vec<&Column> {
    let mut left: Vec<&Column> = table
        .columns
        .iter()
        .filter(|column| column.generated.is_some())
        .collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let waits = |column: &Column| {
            let read = column.generated.iter().flat_map(|how| how.expr.columns());
            let others = left.iter().filter(|other| other.name != column.name);
            let names: Vec<String> = others.map(|other| other.name.clone()).collect();
            read.into_iter().any(|name| names::contains(&names, &name))
        };
        // SQLite refuses circles; here they would wait for ever.
        let at = left.iter().position(|column| !waits(column)).unwrap_or(0);
        ordered.push(left.remove(at));
    }
    ordered
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

/// Rows that refer to nothing.
fn foreign_key(change: &Change<'_>, key: &ForeignKey) -> Result<Guard, Unsupported> {
    let own = names::same(&key.table, &change.before.name);
    let parent = names::table(change.result, &key.table);
    let references = parent.map_or(key.references.as_slice(), |parent| references(key, parent));
    let others = if own {
        image(change)?
    } else {
        names::object(&key.table)?
    };
    let from = unmatched(&image(change)?, &others, key, references);
    let mut tables: Vec<ObjectName> = vec![change.before.name.clone()];
    if !own {
        tables.push(key.table.clone());
    }
    Ok(unmatched_guard(
        change.before,
        key,
        tables,
        "child.\"limosa key\"",
        &from,
    ))
}

/// Rows of another table that refer to what will not be there any more.
fn orphans(
    change: &Change<'_>,
    child: &Table,
    key: &ForeignKey,
    references: &[String],
) -> Result<Guard, Unsupported> {
    let from = unmatched(
        &names::object(&child.name)?,
        &image(change)?,
        key,
        references,
    );
    let tables = vec![change.before.name.clone(), child.name.clone()];
    Ok(unmatched_guard(child, key, tables, "'a row'", &from))
}

/// The rows of one query that refer to none of another.
fn unmatched(children: &str, parents: &str, key: &ForeignKey, references: &[String]) -> String {
    let present = key
        .columns
        .iter()
        .map(|name| format!("child.{} IS NOT NULL", quoted(name)));
    let present: Vec<String> = present.collect();
    let equal = key.columns.iter().zip(references);
    let equal: Vec<String> = equal
        .map(|(own, other)| format!("parent.{} = child.{}", quoted(other), quoted(own)))
        .collect();
    format!(
        "{children} AS child WHERE {} AND NOT EXISTS (SELECT 1 FROM {parents} AS parent WHERE {})",
        present.join(" AND "),
        equal.join(" AND ")
    )
}

fn unmatched_guard(
    child: &Table,
    key: &ForeignKey,
    tables: Vec<ObjectName>,
    who: &str,
    from: &str,
) -> Guard {
    let shown = key
        .columns
        .iter()
        .map(|name| format!("quote(child.{})", quoted(name)));
    let shown: Vec<String> = shown.collect();
    Guard {
        tables,
        what: format!(
            "rows of {} refer by {} to rows of {} that are not there",
            child.name,
            key.columns.join(", "),
            key.table
        ),
        count: format!("SELECT count(*) FROM {from}"),
        sample: format!(
            "SELECT {who} || ' refers to ' || {} FROM {from} LIMIT {SHOWN}",
            shown.join(" || ', ' || ")
        ),
        fate: Fate::Taken,
    }
}
