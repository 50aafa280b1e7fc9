//! Tables as inspection would show them, had this dialect created them.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Expr, Lexicon, Part};
use limosa_core::name::ObjectName;
use limosa_core::schema::{
    Check, Column, Constraint, Deferrable, ForeignKey, Generated, Identity, Index, IndexKey, Key,
    OnConflict, Schema, Storage, Table, Written,
};

use super::{column, enums, index, names, render, translate, typed, types};

/// The table as this database would hold it.
pub(super) fn table(table: &Table, schema: &Schema) -> Table {
    let table = &typed::shown(table);
    let key = table.primary_key();
    let strict = table.storage.strict;
    // The checks of enum columns come last: a caller that asks about one constraint finds it first.
    let checks = (table.columns.iter())
        .filter_map(|column| enums::check(column, schema))
        .map(Constraint::Check);
    let constraints = (table.constraints.iter().enumerate())
        .filter(|(at, _)| !table.repeats_key(*at))
        .map(|(_, own)| own.clone())
        .chain(checks)
        .map(|found| constraint(found, table, schema))
        .collect();
    Table {
        name: names::local(&table.name),
        columns: (table.columns.iter())
            .map(|own| column(own, key, strict))
            .collect(),
        constraints,
        indexes: table.indexes.iter().map(self::index).collect(),
        storage: Storage {
            options: None,
            ..table.storage.clone()
        },
        comment: None,
        written: Written::default(),
    }
}

/// The column as this database would hold it in a table with this primary key.
pub(super) fn column(column: &Column, key: &[String], strict: bool) -> Column {
    let in_key = names::contains(key, &column.name);
    Column {
        name: column.name.clone(),
        data_type: data_type(column, strict),
        nullable: column.nullable && !in_key,
        default: column
            .default
            .as_ref()
            .and_then(|value| default(value, column)),
        generated: column.generated.as_ref().map(|how| Generated {
            expr: said(&how.expr, None),
            stored: how.stored,
        }),
        identity: column.identity.map(|_| Identity::Autoincrement),
        collation: collation(column),
        comment: None,
    }
}

fn data_type(column: &Column, strict: bool) -> DataType {
    if column.identity.is_some() {
        DataType::Integer
    } else if strict {
        types::held_strictly(&column.data_type)
    } else {
        types::held(&column.data_type)
    }
}

fn default(value: &Expr, column: &Column) -> Option<Expr> {
    if value.as_it_stands().is_some() {
        return Some(value.clone());
    }
    // A bare word behind DEFAULT is a string ("Double-quoted String Literals Are Accepted").
    let value = match value {
        Expr::Column(path) if path.len() == 1 => Expr::String(path[0].clone()),
        other => other.clone(),
    };
    let held = |value: Expr| column::for_type(&value, &column.data_type).unwrap_or(value);
    let value = held(physical(&held(value)));
    (value != Expr::Null).then_some(value)
}

fn collation(column: &Column) -> Option<String> {
    match &column.collation {
        Some(name) => translate::collation(name).unwrap_or_else(|_| Some(name.clone())),
        None => types::ignores_case(&column.data_type).then(|| "NOCASE".to_owned()),
    }
}

/// An expression as its text would be read back.
pub(super) fn physical(expr: &Expr) -> Expr {
    physical_of(expr, None)
}

/// The same, of a table that may qualify its own columns.
fn physical_of(expr: &Expr, table: Option<&ObjectName>) -> Expr {
    match render::expression(expr) {
        Ok(text) => {
            let text = match table {
                Some(table) if text.contains('.') => names::unqualified(&text, &table.name),
                _ => text,
            };
            Expr::parse(&text, &Lexicon::SQLITE).normal()
        }
        Err(_) => expr.normal(),
    }
}

/// An expression that stands for itself, not for a column's value: `TRUE` is another word for 1 there.
fn said(expr: &Expr, table: Option<&ObjectName>) -> Expr {
    let mut expr = physical_of(expr, table);
    write_truth_as_number(&mut expr);
    expr
}

fn write_truth_as_number(expr: &mut Expr) {
    if let Expr::Bool(truth) = expr {
        *expr = Expr::Number(u8::from(*truth).to_string());
    }
    expr.parts(&mut |part| {
        if let Part::Expr(inner) = part {
            write_truth_as_number(inner);
        }
    });
}

fn constraint(found: Constraint, table: &Table, schema: &Schema) -> Constraint {
    match found {
        Constraint::PrimaryKey(own) => Constraint::PrimaryKey(key(own, table)),
        Constraint::Unique(own) => Constraint::Unique(key(own, table)),
        Constraint::ForeignKey(own) => Constraint::ForeignKey(foreign_key(own, table, schema)),
        Constraint::Check(check) => Constraint::Check(Check {
            expr: said(&check.expr, Some(&table.name)),
            validated: true,
            ..check
        }),
    }
}

fn key(key: Key, table: &Table) -> Key {
    Key {
        include: Vec::new(),
        deferrable: Deferrable::No,
        on_conflict: on_conflict(&key, &table.constraints),
        ..key
    }
}

/// Of keys that share an index, the one that says something counts.
pub(crate) fn on_conflict(key: &Key, all: &[Constraint]) -> OnConflict {
    let keys = all.iter().filter_map(Constraint::key);
    let said = keys
        .filter(|other| other.shares_index(key))
        .map(|other| other.on_conflict)
        .find(|said| *said != OnConflict::Abort);
    said.unwrap_or_default()
}

fn foreign_key(key: ForeignKey, table: &Table, schema: &Schema) -> ForeignKey {
    let mut references = key.references.clone();
    if references.is_empty() {
        let to = if names::same(&key.table, &table.name) {
            Some(table)
        } else {
            names::table(schema, &key.table)
        };
        references = to.map(|to| to.primary_key().to_vec()).unwrap_or_default();
    }
    ForeignKey {
        table: names::local(&key.table),
        match_full: key.match_full && key.columns.len() > 1,
        validated: true,
        references,
        ..key
    }
}

fn index(of: &Index) -> Index {
    Index {
        keys: of.keys.iter().map(index_key).collect(),
        method: of.method.clone().filter(|method| !index::is_plain(method)),
        include: Vec::new(),
        predicate: of.predicate.as_ref().map(|own| said(own, None)),
        comment: None,
        ..of.clone()
    }
}

fn index_key(key: &IndexKey) -> IndexKey {
    IndexKey {
        expr: said(&key.expr, None),
        descending: key.descending,
        nulls_first: None,
        operator_class: None,
    }
}
