//! Columns: their definitions, and the changes of them that `ALTER TABLE` can make.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::Expr;
use limosa_core::schema::{Column, Constraint, Generated, Identity, Index, Schema, Table};

use super::{
    Compiled, constraint, enums, names, needs_rebuild, quoted, render, translate, types,
    unsupported,
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

fn declared_type(column: &Column, table: &Table) -> Result<String, Unsupported> {
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
fn numbered(column: &Column, table: &Table) -> Result<(), Unsupported> {
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

fn collation(column: &Column) -> Result<Option<String>, Unsupported> {
    match &column.collation {
        Some(name) => translate::collation(name),
        None if types::ignores_case(&column.data_type) => Ok(Some("NOCASE".into())),
        None => Ok(None),
    }
}

fn generation(generated: &Generated) -> Result<String, Unsupported> {
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
    let value = translate::expr(&for_type(default, &column.data_type))?;
    let text = limosa_core::expr::render(&value, &super::SqliteDialect)?;
    Ok(if is_bare(&value) {
        text
    } else {
        format!("({text})")
    })
}

/// A value as a column of this type holds it: Postgres reads `'t'` and `'f'` as booleans there, and
/// `'\x1f'` as bytes.
pub(super) fn for_type(value: &Expr, data_type: &DataType) -> Expr {
    match (value, data_type) {
        (Expr::String(text), DataType::Boolean) => {
            translate::boolean(text).map_or_else(|_| value.clone(), Expr::Bool)
        }
        (Expr::String(text), DataType::Bytes) => {
            hexadecimal(text).map_or_else(|| value.clone(), Expr::Bytes)
        }
        (Expr::Cast(inner, to), DataType::Bytes) if to == data_type => for_type(inner, data_type),
        (Expr::Number(digits), DataType::Boolean) if digits == "0" || digits == "1" => {
            Expr::Bool(digits == "1")
        }
        _ => value.clone(),
    }
}

/// The bytes of Postgres' hexadecimal form, manual section 8.4.1.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("\\x")?;
    let pairs = digits.as_bytes().chunks(2);
    let byte = |pair: &[u8]| match pair {
        [a, b] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit() => {
            u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()
        }
        _ => None,
    };
    pairs.map(byte).collect()
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
) -> Compiled {
    addable(column, constraints)?;
    let mut alone = Table::new(table.name.clone());
    alone.storage = table.storage.clone();
    alone.constraints = constraints.to_vec();
    Ok(vec![format!(
        "ALTER TABLE {} ADD COLUMN {}",
        names::object(&table.name)?,
        definition(column, &alone, before)?
    )])
}

fn addable(column: &Column, constraints: &[Constraint]) -> Result<(), Unsupported> {
    let refuse = |reason: &str| {
        Err(needs_rebuild(
            format!("add the column {}", column.name),
            reason,
        ))
    };
    let default = (column.default.as_ref())
        .map(|value| translate::expr(&for_type(value, &column.data_type)))
        .transpose()?;
    if column.identity.is_some() {
        return refuse("only a new table can number its rows");
    }
    if column.generated.as_ref().is_some_and(|how| how.stored) {
        return refuse("an added column cannot be generated and stored; a virtual one can");
    }
    if default.as_ref().is_some_and(|value| !is_constant(value)) {
        return refuse("the default of an added column must be a constant");
    }
    if !column.nullable && default.is_none() && column.generated.is_none() {
        return refuse("an added column that is NOT NULL must have a default");
    }
    for constraint in constraints {
        match constraint {
            Constraint::PrimaryKey(_) => return refuse("it cannot add a primary key"),
            Constraint::Unique(_) => {
                return refuse("it cannot add UNIQUE; a unique index does the same");
            }
            Constraint::ForeignKey(_) if default.is_some() => {
                return refuse("an added column that refers to a table cannot have a default");
            }
            other if !is_inline(other, &column.name) => {
                return refuse("its constraint concerns other columns");
            }
            _ => {}
        }
    }
    Ok(())
}

/// `DROP COLUMN`, with the indexes that hold it, as Postgres drops them.
pub(super) fn drop(table: &Table, name: &str) -> Compiled {
    let refuse = |reason: &str| Err(needs_rebuild(format!("drop the column {name}"), reason));
    for constraint in &table.constraints {
        match constraint {
            Constraint::PrimaryKey(key) if names::contains(&key.columns, name) => {
                return refuse("it is part of the primary key");
            }
            Constraint::Unique(key) if names::contains(&key.columns, name) => {
                return refuse("a unique key holds it");
            }
            other if !is_inline(other, name) && mentions(other, name) => {
                return refuse("a constraint over several columns holds it");
            }
            _ => {}
        }
    }
    let generated = table.columns.iter().find(|column| {
        (column.generated.as_ref()).is_some_and(|how| names::contains(&how.expr.columns(), name))
    });
    if let Some(column) = generated {
        return refuse(&format!("{} is generated from it", column.name));
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
    Ok(statements)
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

/// A change of a column's definition: nothing to do where this database holds the same before and
/// after, otherwise a rebuild.
pub(super) fn redefine(table: &Table, before: &Column, after: &Column, reason: &str) -> Compiled {
    let strict = table.storage.strict;
    let held = |column: &Column| super::normalise::column(column, table.primary_key(), strict);
    if held(before) == held(after) && same_check(before, after) {
        return Ok(Vec::new());
    }
    Err(needs_rebuild(
        format!("alter the column {}.{}", table.name.name, before.name),
        reason,
    ))
}

fn same_check(before: &Column, after: &Column) -> bool {
    match (&before.data_type, &after.data_type) {
        (DataType::Enum(a), DataType::Enum(b)) => names::same(a, b),
        (DataType::Enum(_), _) | (_, DataType::Enum(_)) => false,
        _ => true,
    }
}

/// Whether `USING` only converts the column to its new type.
pub(super) fn only_casts(using: &Expr, column: &str) -> bool {
    match using {
        Expr::Cast(inner, _) => only_casts(inner, column),
        Expr::Column(path) => path
            .last()
            .is_some_and(|own| own.eq_ignore_ascii_case(column)),
        _ => false,
    }
}

/// Whether two ways of numbering are one here.
pub(super) fn same_identity(a: Option<Identity>, b: Option<Identity>) -> bool {
    a.is_some() == b.is_some()
}
