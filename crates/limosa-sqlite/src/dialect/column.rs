//! Columns: their definitions, and the changes of them that `ALTER TABLE` can make.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::Expr;
use limosa_core::schema::{Column, Constraint, Generated, Identity, Index, Schema, Table};

use super::{
    Native, constraint, enums, names, quoted, readers, render, translate, typed, types,
    unsupported, version,
};

/// `"name" TYPE ...` with the constraints that stand behind a column: its enum's check, and those
/// of the table that concern it alone.
pub(super) fn definition(
    column: &Column,
    table: &Table,
    schema: &Schema,
) -> Result<String, Unsupported> {
    let mut parts = vec![quoted(&column.name)];
    parts.extend(Some(declared_type(column, table)?).filter(|spelled| !spelled.is_empty()));
    let key = table.primary_key();
    if column.identity.is_some() {
        numbered(column, table)?;
        parts.push("PRIMARY KEY AUTOINCREMENT".into());
    } else if !column.nullable || names::contains(key, &column.name) {
        parts.push("NOT NULL".into());
    }
    parts.extend(collation(column)?.map(|name| format!("COLLATE {name}")));
    if let Some(default) = &column.default {
        parts.push(format!("DEFAULT {}", default_value(default, column)?));
    }
    if let Some(generated) = &column.generated {
        parts.push(generation(generated)?);
    }
    let own = enums::check(column, schema).map(Constraint::Check);
    for constraint in own.iter().chain(inline(table, &column.name)) {
        parts.push(constraint::behind_column(constraint)?);
    }
    Ok(parts.join(" "))
}

pub(super) fn declared_type(column: &Column, table: &Table) -> Result<String, Unsupported> {
    if column.identity.is_some() {
        return Ok("INTEGER".into());
    }
    if table.storage.strict {
        return types::strict(&column.data_type);
    }
    types::spelling(&column.data_type)
}

/// Refuses a numbered column that cannot be `INTEGER PRIMARY KEY AUTOINCREMENT` ("SQLite
/// Autoincrement").
pub(super) fn numbered(column: &Column, table: &Table) -> Result<(), Unsupported> {
    let what = format!("number the column {}", column.name);
    if !matches!(table.primary_key(), [only] if only.eq_ignore_ascii_case(&column.name)) {
        return Err(unsupported(
            what,
            "only a column that is the whole primary key is numbered",
        ));
    }
    if table.storage.without_rowid {
        return Err(unsupported(what, "a table WITHOUT ROWID numbers nothing"));
    }
    Ok(())
}

pub(super) fn collation(column: &Column) -> Result<Option<String>, Unsupported> {
    match &column.collation {
        Some(name) => translate::collation(name),
        None if types::ignores_case(&column.data_type) => Ok(Some("NOCASE".into())),
        None => Ok(None),
    }
}

pub(super) fn generation(generated: &Generated) -> Result<String, Unsupported> {
    let expr = render::expression(&generated.expr)?;
    let kind = if generated.stored {
        "STORED"
    } else {
        "VIRTUAL"
    };
    Ok(format!("GENERATED ALWAYS AS ({expr}) {kind}"))
}

/// Constraints of the table that stand behind this column. So written they go with it when it is
/// dropped ("ALTER TABLE", section 5).
fn inline<'a>(table: &'a Table, column: &'a str) -> impl Iterator<Item = &'a Constraint> {
    table
        .constraints
        .iter()
        .filter(move |found| is_inline(found, column))
}

/// Whether a constraint stands behind this column.
pub(super) fn is_inline(found: &Constraint, column: &str) -> bool {
    match found {
        Constraint::ForeignKey(key) => {
            matches!(key.columns.as_slice(), [only] if only.eq_ignore_ascii_case(column))
        }
        Constraint::Check(check) => {
            matches!(check.expr.columns().as_slice(), [only] if only.eq_ignore_ascii_case(column))
        }
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => false,
    }
}

/// The text behind `DEFAULT`.
pub(super) fn default_value(default: &Expr, column: &Column) -> Result<String, Unsupported> {
    let value = translate::expr(&for_type(default, &column.data_type)?)?;
    let text = limosa_core::expr::render(&value, &super::SqliteDialect)?;
    Ok(if is_bare(&value) {
        text
    } else {
        format!("({text})")
    })
}

/// A value as a column of this type holds it, in a place where no column can be named.
pub(super) fn for_type(value: &Expr, data_type: &DataType) -> Result<Expr, Unsupported> {
    if let Some(clock) = value.as_it_stands() {
        return Ok(clock.clone());
    }
    typed::value(value, Some(data_type), &typed::Scope::nothing())
}

/// Whether a default needs no parentheses ("CREATE TABLE", section 3.2).
fn is_bare(value: &Expr) -> bool {
    match value {
        // A signed number is bare only without parentheses of its own.
        Expr::Unary(..) => false,
        other => is_constant(other) || matches!(other, Expr::Now | Expr::Today | Expr::TimeOfDay),
    }
}

fn is_constant(value: &Expr) -> bool {
    match value {
        Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::String(_) | Expr::Bytes(_) => true,
        Expr::Unary(sign, of) => matches!((sign.as_str(), &**of), ("-" | "+", Expr::Number(_))),
        _ => false,
    }
}

/// `ADD COLUMN`, within the rules of "ALTER TABLE", section 4.
pub(super) fn add(
    table: &Table,
    column: &Column,
    constraints: &[Constraint],
    before: &Schema,
) -> Native {
    if !addable(column, constraints)? {
        return Ok(None);
    }
    let mut alone = table.clone();
    alone.columns.push(column.clone());
    alone.constraints = constraints.to_vec().into();
    let alone = typed::changed(table, &alone, &[])?;
    let column = alone.columns.last().expect("it was added");
    Ok(Some(vec![format!(
        "ALTER TABLE {} ADD COLUMN {}",
        names::object(&table.name)?,
        definition(column, &alone, before)?
    )]))
}

/// Whether `ADD COLUMN` can: an added column cannot be a key, numbered, or generated and stored; its
/// default must be a constant, and there must be one if it is NOT NULL; one that refers to a table
/// can have none.
fn addable(column: &Column, constraints: &[Constraint]) -> Result<bool, Unsupported> {
    let default = (column.default.as_ref())
        .map(|value| translate::expr(&for_type(value, &column.data_type)?))
        .transpose()?;
    let is_constant = default.as_ref().is_none_or(is_constant);
    let is_filled = column.nullable || default.is_some() || column.generated.is_some();
    let is_stored = column.generated.as_ref().is_some_and(|how| how.stored);
    let fits = |constraint: &Constraint| match constraint {
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => false,
        Constraint::ForeignKey(_) if default.is_some() => false,
        other => is_inline(other, &column.name),
    };
    Ok(column.identity.is_none()
        && !is_stored
        && is_constant
        && is_filled
        && constraints.iter().all(fits))
}

/// `DROP COLUMN`, with the indexes that hold it, as Postgres drops them.
///
/// It cannot where a key or a constraint over several columns holds it, a column is generated from it, or a
/// view or a trigger reads it.
pub(super) fn drop(table: &Table, name: &str, before: &Schema) -> Native {
    // A check or a foreign key goes along only if it stands behind the column: the model does not tell.
    let is_held = (table.constraints.iter()).any(|found| mentions(found, name));
    let is_source = table.columns.iter().any(|column| {
        (column.generated.as_ref()).is_some_and(|how| names::contains(&how.expr.columns(), name))
    });
    let is_read = readers::any(table, name, before);
    if is_held || is_source || is_read || !version::has(version::DROP_COLUMN) {
        return Ok(None);
    }
    let indexes = table.indexes.iter().filter(|index| holds(index, name));
    let mut statements: Vec<String> = indexes
        .map(|index| format!("DROP INDEX {}", quoted(&index.name)))
        .collect();
    statements.push(format!(
        "ALTER TABLE {} DROP COLUMN {}",
        names::object(&table.name)?,
        quoted(name)
    ));
    Ok(Some(statements))
}

fn mentions(constraint: &Constraint, name: &str) -> bool {
    match constraint {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => {
            names::contains(&key.columns, name)
        }
        Constraint::ForeignKey(key) => names::contains(&key.columns, name),
        Constraint::Check(check) => names::contains(&check.expr.columns(), name),
    }
}

fn holds(index: &Index, name: &str) -> bool {
    let keys = index.keys.iter().map(|key| &key.expr);
    keys.chain(&index.predicate)
        .any(|expr| names::contains(&expr.columns(), name))
}

/// Whether this database holds the same column before and after.
pub(super) fn is_same(table: &Table, before: &Column, after: &Column) -> bool {
    let strict = table.storage.strict;
    let held = |column: &Column| super::normalise::column(column, table.primary_key(), strict);
    held(before) == held(after) && same_check(before, after)
}

fn same_check(before: &Column, after: &Column) -> bool {
    match (&before.data_type, &after.data_type) {
        (DataType::Enum(a), DataType::Enum(b)) => names::same(a, b),
        (DataType::Enum(_), _) | (_, DataType::Enum(_)) => false,
        _ => true,
    }
}

/// Whether two ways of numbering are one here.
pub(super) fn same_identity(a: Option<Identity>, b: Option<Identity>) -> bool {
    a.is_some() == b.is_some()
}
