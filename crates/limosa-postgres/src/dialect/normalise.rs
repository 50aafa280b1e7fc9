//! A table as inspection would show it, had it been created from the model.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Expr, Lexicon, TokenKind, tokens};
use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;
use limosa_core::schema::{
    Column, Constraint, ForeignKey, Identity, Index, IndexKey, Schema, Storage, Table,
};
use limosa_core::shared::Shared;

use super::{default, typed, types};

/// The table in its normal form.
pub(super) fn table(table: &Table, schema: &Schema) -> Table {
    let mut table = named(table, schema);
    table.name = local(&table.name, schema);
    table.comment = table.comment.filter(|text| !text.is_empty());
    table.storage = storage(&table.storage);
    let key = table.primary_key().to_vec();
    for column in &mut table.columns {
        if key.contains(&column.name) {
            column.nullable = false;
        }
        normalise_column(column, schema);
    }
    let own = (table.name.clone(), key);
    for constraint in &mut table.constraints {
        normalise_constraint(constraint, &own, schema);
    }
    for index in &mut table.indexes {
        normalise_index(index, &table.columns);
    }
    typed::shown(&table)
}

/// With the names that the server makes up. The table itself must not count as having taken them.
fn named(table: &Table, schema: &Schema) -> Table {
    if table.constraints.iter().all(|one| one.name().is_some()) {
        return table.clone();
    }
    let mut others = schema.clone();
    others
        .tables
        .retain(|other| !schema.same_object(&other.name, &table.name));
    let create = Operation::CreateTable {
        table: table.clone().into(),
        if_not_exists: false,
    };
    match others.complete(&create).into_owned() {
        Operation::CreateTable { table, .. } => table.into_inner(),
        _ => table.clone(),
    }
}

/// The name without the default schema.
fn local(name: &ObjectName, schema: &Schema) -> ObjectName {
    if name.schema == schema.default_schema {
        ObjectName::new(name.name.clone())
    } else {
        name.clone()
    }
}

fn normalise_column(column: &mut Column, schema: &Schema) {
    column.data_type = resolved(&types::normal(&column.data_type), schema);
    column.collation = column.collation.take().filter(|name| name != "default");
    column.comment = column.comment.take().filter(|text| !text.is_empty());
    if column.identity == Some(Identity::Autoincrement) {
        column.identity = Some(Identity::ByDefault);
    }
    if column.identity.is_none() && column.default.as_ref().is_some_and(is_nextval) {
        column.identity = Some(Identity::Serial);
        column.default = None;
    }
    if column.identity.is_some() {
        column.nullable = false;
    }
    let default = column.default.take();
    column.default = default.and_then(|default| default::normal(&default, &column.data_type));
    if let Some(generated) = &mut column.generated {
        generated.expr = default::normal(&generated.expr, &column.data_type).unwrap_or(Expr::Null);
    }
}

/// Whether a default takes the next number of a sequence: what `serial` stands for, manual section
/// 8.1.4. Inspection shows it as that as soon as the sequence is owned by the column, which is a
/// statement of its own (`pg_dump` writes a `serial` like that).
fn is_nextval(default: &Expr) -> bool {
    matches!(default.normal(), Expr::Call(call) if call.name == "nextval")
}

/// With enum types found in the schema.
fn resolved(data_type: &DataType, schema: &Schema) -> DataType {
    match data_type {
        DataType::Array(item) => DataType::Array(Shared::new(resolved(item, schema))),
        DataType::Enum(name) => DataType::Enum(local(name, schema)),
        DataType::Other(name) => {
            let found = match name.split_once('.') {
                Some((space, own)) => schema.enum_type(&ObjectName::qualified(space, own)),
                None => schema.enum_type(&ObjectName::new(name.as_str())),
            };
            found.map_or_else(
                || data_type.clone(),
                |found| DataType::Enum(local(&found.name, schema)),
            )
        }
        other => other.clone(),
    }
}

fn normalise_constraint(
    constraint: &mut Constraint,
    own: &(ObjectName, Vec<String>),
    schema: &Schema,
) {
    match constraint {
        Constraint::ForeignKey(key) => normalise_foreign_key(key, own, schema),
        Constraint::Check(check) => check.expr = check.expr.normal(),
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => {}
    }
}

fn normalise_foreign_key(key: &mut ForeignKey, own: &(ObjectName, Vec<String>), schema: &Schema) {
    key.table = local(&key.table, schema);
    if key.references.is_empty() {
        key.references = if key.table == own.0 {
            own.1.clone()
        } else {
            let target = schema.table(&key.table);
            target.map_or_else(Vec::new, |table| table.primary_key().to_vec())
        };
    }
}

fn normalise_index(index: &mut Index, columns: &[Column]) {
    index.method = index.method.take().filter(|method| method != "btree");
    index.comment = index.comment.take().filter(|text| !text.is_empty());
    index.predicate = index.predicate.as_ref().map(Expr::normal);
    for key in &mut index.keys {
        normalise_key(key, columns);
    }
}

/// NULLs come last in ascending order and first in descending order by themselves.
fn normalise_key(key: &mut IndexKey, columns: &[Column]) {
    key.expr = key.expr.normal();
    let usual = key.descending;
    key.nulls_first = key.nulls_first.filter(|first| *first != usual);
    if let (Some(class), Expr::Column(path)) = (&key.operator_class, &key.expr) {
        let column = path
            .last()
            .and_then(|name| columns.iter().find(|column| column.name == *name));
        if column.is_some_and(|column| is_usual_class(class, &column.data_type)) {
            key.operator_class = None;
        }
    }
}

/// Whether a class is the default one of its type, manual section 11.10.
fn is_usual_class(class: &str, data_type: &DataType) -> bool {
    match data_type {
        DataType::Text => class == "text_ops",
        DataType::Varchar(_) => matches!(class, "text_ops" | "varchar_ops"),
        DataType::Char(_) => class == "bpchar_ops",
        DataType::SmallInt => class == "int2_ops",
        DataType::Integer => class == "int4_ops",
        DataType::BigInt => class == "int8_ops",
        DataType::Numeric(_) => class == "numeric_ops",
        DataType::Uuid => class == "uuid_ops",
        DataType::Jsonb => class == "jsonb_ops",
        DataType::Array(_) => class == "array_ops",
        DataType::Timestamp { zoned: false, .. } => class == "timestamp_ops",
        DataType::Timestamp { zoned: true, .. } => class == "timestamptz_ops",
        _ => false,
    }
}

/// What `SQLite` alone knows is no property here; options compare by their words.
fn storage(storage: &Storage) -> Storage {
    let options = storage.options.as_deref().map(|text| {
        let words: Vec<String> = tokens(text, &Lexicon::POSTGRES)
            .into_iter()
            .filter(|token| !matches!(token.kind, TokenKind::Space | TokenKind::Comment))
            .map(|token| option_word(token.kind, token.text))
            .collect();
        words.join(" ")
    });
    Storage {
        strict: false,
        without_rowid: false,
        options: options.filter(|text| !text.is_empty()),
    }
}

fn option_word(kind: TokenKind, text: &str) -> String {
    match kind {
        TokenKind::Word => text.to_ascii_lowercase(),
        TokenKind::String | TokenKind::Quoted => text.trim_matches(['\'', '"']).to_owned(),
        _ => text.to_owned(),
    }
}
