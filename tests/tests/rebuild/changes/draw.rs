//! The next change, as `PostgreSQL` says it, whatever stands in its way.
#![allow(
    clippy::unnecessary_wraps,
    reason = "each is a change as the others are"
)]

use limosa_core::datatype::DataType;
use limosa_core::schema::{Column, Constraint, Schema, Table};

use super::dice::Dice;

/// Where a change is made.
struct Place<'a> {
    schema: &'a Schema,
    table: &'a Table,
    column: &'a Column,
    /// For names that nothing has.
    number: usize,
}

type Change = fn(&Place<'_>, &mut Dice) -> Option<String>;

/// In the order in which shrinking prefers them.
const CHANGES: [Change; 26] = [
    set_default,
    drop_default,
    add_column,
    add_column,
    drop_column,
    drop_column,
    rename_column,
    rename_column,
    rename_table,
    set_not_null,
    drop_not_null,
    set_type,
    set_type,
    set_type_using,
    set_expression,
    drop_expression,
    add_check,
    add_unique,
    add_foreign_key,
    add_primary_key,
    drop_constraint,
    rename_constraint,
    create_index,
    drop_index,
    create_view,
    drop_view_or_table,
];

pub(super) fn change(dice: &mut Dice, schema: &Schema, number: usize) -> Option<String> {
    let change = *dice.pick(&CHANGES)?;
    let own: Vec<&Table> = schema
        .tables
        .iter()
        .map(|table| &**table)
        .filter(|table| table.name.name != "log")
        .collect();
    let table = *dice.pick(&own)?;
    let place = Place {
        schema,
        table,
        column: dice.pick(&table.columns)?,
        number,
    };
    change(&place, dice)
}

pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Place<'_> {
    fn alter(&self, words: &str) -> String {
        format!("ALTER TABLE {} {words}", quoted(&self.table.name.name))
    }

    fn alter_column(&self, words: &str) -> String {
        self.alter(&format!(
            "ALTER COLUMN {} {words}",
            quoted(&self.column.name)
        ))
    }

    fn name(&self, dice: &mut Dice) -> String {
        match dice.below(3) {
            0 => format!("new{}", self.number),
            1 => format!("order {}", self.number),
            _ => format!("N\"{}", self.number),
        }
    }
}

fn is_number(column: &Column) -> bool {
    matches!(
        column.data_type,
        DataType::SmallInt
            | DataType::Integer
            | DataType::BigInt
            | DataType::Double
            | DataType::Real
            | DataType::Numeric(_)
    )
}

fn is_text(column: &Column) -> bool {
    matches!(column.data_type, DataType::Text | DataType::Varchar(_))
}

fn constant(column: &Column) -> Option<&'static str> {
    Some(match column.data_type {
        _ if is_number(column) => "7",
        _ if is_text(column) => "'it''s'",
        DataType::Boolean => "true",
        DataType::Timestamp { .. } => "'2024-02-29 03:04:05'",
        _ => return None,
    })
}

fn set_default(place: &Place<'_>, _: &mut Dice) -> Option<String> {
    let value = constant(place.column)?;
    Some(place.alter_column(&format!("SET DEFAULT {value}")))
}

fn drop_default(place: &Place<'_>, _: &mut Dice) -> Option<String> {
    Some(place.alter_column("DROP DEFAULT"))
}

fn add_column(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let name = quoted(&place.name(dice));
    let own = quoted(&place.column.name);
    let other = dice.pick(&place.schema.tables)?;
    let [key] = other.primary_key() else {
        return None;
    };
    let key_type = other.column(key, place.schema.case)?;
    let words = match dice.below(11) {
        0 => format!("{name} text"),
        1 => format!("{name} text NOT NULL DEFAULT 'new'"),
        2 => format!("{name} integer CHECK ({name} > 0)"),
        3 => format!("{name} integer NOT NULL"),
        4 => format!("{name} timestamp DEFAULT now()"),
        5 => format!("{name} boolean NOT NULL DEFAULT false UNIQUE"),
        6 => format!("{name} numeric(12, 3) DEFAULT 1.5"),
        7 if is_text(place.column) && place.column.generated.is_none() => {
            format!("{name} text GENERATED ALWAYS AS (upper({own})) STORED")
        }
        8 if is_number(place.column) && place.column.generated.is_none() => {
            // PostgreSQL's catalog casts a constant beside an operator to the type of the other side.
            let own = format!("coalesce({own}, 0)");
            format!("{name} bigint NOT NULL GENERATED ALWAYS AS ({own} + {own}) STORED")
        }
        9 if matches!(key_type.data_type, DataType::BigInt | DataType::Integer) => format!(
            "{name} bigint REFERENCES {} ({}) ON DELETE CASCADE",
            quoted(&other.name.name),
            quoted(key)
        ),
        _ => format!("{name} double precision DEFAULT 0.5 UNIQUE"),
    };
    Some(place.alter(&format!("ADD COLUMN {words}")))
}

fn drop_column(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let cascade = if dice.one_in(3) { " CASCADE" } else { "" };
    Some(place.alter(&format!(
        "DROP COLUMN {}{cascade}",
        quoted(&place.column.name)
    )))
}

fn rename_column(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let (from, to) = (quoted(&place.column.name), quoted(&place.name(dice)));
    Some(place.alter(&format!("RENAME COLUMN {from} TO {to}")))
}

fn rename_table(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let to = quoted(&place.name(dice));
    Some(place.alter(&format!("RENAME TO {to}")))
}

fn set_not_null(place: &Place<'_>, _: &mut Dice) -> Option<String> {
    Some(place.alter_column("SET NOT NULL"))
}

fn drop_not_null(place: &Place<'_>, _: &mut Dice) -> Option<String> {
    Some(place.alter_column("DROP NOT NULL"))
}

fn set_type(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let words = match dice.below(9) {
        0 => "text",
        1 => "bigint",
        2 => "double precision",
        3 => "integer",
        4 => "varchar(60)",
        5 => "numeric",
        6 => "boolean",
        7 => "timestamp",
        _ => "text COLLATE \"C\"",
    };
    Some(place.alter_column(&format!("TYPE {words}")))
}

fn set_type_using(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let own = quoted(&place.column.name);
    let words = match dice.below(4) {
        0 if is_number(place.column) => format!("bigint USING {own} + 1"),
        1 if is_text(place.column) => format!("integer USING length({own})"),
        2 => format!("text USING CAST({own} AS text)"),
        _ if is_number(place.column) => format!("boolean USING {own} > 5"),
        _ => format!("boolean USING {own} IS NOT NULL"),
    };
    Some(place.alter_column(&format!("TYPE {words}")))
}

fn generated<'a>(place: &'a Place<'_>, dice: &mut Dice) -> Option<&'a Column> {
    let columns = place.table.columns.iter();
    let all: Vec<&Column> = columns.filter(|one| one.generated.is_some()).collect();
    dice.pick(&all).copied()
}

fn set_expression(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let column = generated(place, dice)?;
    let plain = |one: &&Column| one.generated.is_none();
    let mut sources = place.table.columns.iter().filter(plain);
    let own = quoted(&column.name);
    let expression = if is_text(column) {
        let source = quoted(&sources.find(|one| is_text(one))?.name);
        ["lower", "upper", "trim"].map(|name| format!("{name}({source})"))[dice.below(3)].clone()
    } else {
        let source = quoted(&sources.find(|one| is_number(one))?.name);
        format!("{source} + {}", dice.below(9))
    };
    Some(place.alter(&format!(
        "ALTER COLUMN {own} SET EXPRESSION AS ({expression})"
    )))
}

fn drop_expression(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let own = quoted(&generated(place, dice)?.name);
    Some(place.alter(&format!("ALTER COLUMN {own} DROP EXPRESSION")))
}

/// With a name or without.
fn add(place: &Place<'_>, dice: &mut Dice, words: &str) -> String {
    let named = if dice.one_in(2) {
        format!("CONSTRAINT {} ", quoted(&place.name(dice)))
    } else {
        String::new()
    };
    place.alter(&format!("ADD {named}{words}"))
}

fn add_check(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let own = quoted(&place.column.name);
    let words = match dice.below(4) {
        0 => format!("{own} IS NOT NULL OR {} < 0", place.number),
        1 if is_number(place.column) => format!("{own} < {}", 900 + place.number),
        1 if is_text(place.column) => format!("length({own}) < {}", 30 + place.number),
        2 if is_text(place.column) => format!("{own} <> '12' AND {own} <> '{}'", place.number),
        2 if is_number(place.column) => format!("{own} > -{} OR {own} IS NULL", place.number),
        _ => format!("{own} IS NULL OR {} > 0", place.number),
    };
    Some(add(place, dice, &format!("CHECK ({words})")))
}

fn two(place: &Place<'_>, dice: &mut Dice) -> String {
    let own = quoted(&place.column.name);
    match dice.pick(&place.table.columns).filter(|_| dice.one_in(2)) {
        Some(other) if other.name != place.column.name => {
            format!("{own}, {}", quoted(&other.name))
        }
        _ => own,
    }
}

fn add_unique(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let columns = two(place, dice);
    // A second one that says the same is no other one where names do not count.
    let free = place.table.constraints.iter().all(|own| match own {
        Constraint::PrimaryKey(key) | Constraint::Unique(key) => {
            !key.columns.contains(&place.column.name)
        }
        _ => true,
    });
    free.then(|| add(place, dice, &format!("UNIQUE ({columns})")))
}

fn add_foreign_key(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let other = dice.pick(&place.schema.tables)?;
    let [key] = other.primary_key() else {
        return None;
    };
    let action = [
        "",
        " ON DELETE CASCADE",
        " ON DELETE SET NULL",
        " ON UPDATE CASCADE",
    ];
    let words = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({}){}",
        quoted(&place.column.name),
        quoted(&other.name.name),
        quoted(key),
        action[dice.below(4)]
    );
    let free = !(place.table.constraints.iter())
        .any(|own| matches!(own, Constraint::ForeignKey(key) if key.columns.contains(&place.column.name)));
    free.then(|| add(place, dice, &words))
}

fn add_primary_key(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let columns = two(place, dice);
    let free = place.table.primary_key().is_empty();
    free.then(|| add(place, dice, &format!("PRIMARY KEY ({columns})")))
}

fn constraint(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let named: Vec<&Constraint> = place
        .table
        .constraints
        .iter()
        .filter(|one| one.name().is_some())
        .collect();
    dice.pick(&named).and_then(|one| one.name()).map(quoted)
}

fn drop_constraint(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let name = constraint(place, dice)?;
    let cascade = if dice.one_in(3) { " CASCADE" } else { "" };
    Some(place.alter(&format!("DROP CONSTRAINT {name}{cascade}")))
}

fn rename_constraint(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let (from, to) = (constraint(place, dice)?, quoted(&place.name(dice)));
    Some(place.alter(&format!("RENAME CONSTRAINT {from} TO {to}")))
}

fn create_index(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let own = quoted(&place.column.name);
    let name = quoted(&format!("i{}", place.number));
    let table = quoted(&place.table.name.name);
    Some(match dice.below(5) {
        0 => format!("CREATE INDEX {name} ON {table} ({own} DESC)"),
        1 => format!(
            "CREATE INDEX {name} ON {table} ({}) WHERE {own} IS NOT NULL",
            two(place, dice)
        ),
        2 => format!(
            "CREATE UNIQUE INDEX {name} ON {table} ({})",
            two(place, dice)
        ),
        3 if is_text(place.column) => format!("CREATE INDEX {name} ON {table} (lower({own}))"),
        _ => format!("CREATE INDEX {name} ON {table} ({})", two(place, dice)),
    })
}

fn drop_index(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let index = dice.pick(&place.table.indexes)?;
    Some(format!("DROP INDEX {}", quoted(&index.name)))
}

fn create_view(place: &Place<'_>, _: &mut Dice) -> Option<String> {
    let own = quoted(&place.column.name);
    Some(format!(
        "CREATE VIEW v{0} AS SELECT {own} AS own FROM {1} WHERE {own} IS NOT NULL",
        place.number,
        quoted(&place.table.name.name)
    ))
}

fn drop_view_or_table(place: &Place<'_>, dice: &mut Dice) -> Option<String> {
    let cascade = if dice.one_in(3) { " CASCADE" } else { "" };
    if let Some(view) = dice.pick(&place.schema.views) {
        return Some(format!("DROP VIEW {}{cascade}", quoted(&view.name.name)));
    }
    let table = quoted(&place.table.name.name);
    Some(format!("DROP TABLE {table}{cascade}"))
}
