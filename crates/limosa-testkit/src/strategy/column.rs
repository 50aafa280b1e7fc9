//! Types, their values and defaults.

use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::schema::{Column, EnumType, Schema};
use limosa_core::shared::Shared;

use super::Reach;
use super::dice::Dice;
use super::names;

/// The types that both databases hold with one meaning.
const COMMON: [DataType; 14] = [
    DataType::Integer,
    DataType::Text,
    DataType::BigInt,
    DataType::Boolean,
    DataType::TIMESTAMP,
    DataType::SmallInt,
    DataType::Double,
    DataType::Real,
    DataType::Varchar(Some(40)),
    DataType::Char(7),
    DataType::Numeric(Some((12, 3))),
    DataType::Bytes,
    DataType::Date,
    DataType::Uuid,
];

const POSTGRES: [DataType; 8] = [
    DataType::TIMESTAMPTZ,
    DataType::Json,
    DataType::Jsonb,
    DataType::Interval,
    DataType::Numeric(None),
    DataType::Varchar(None),
    DataType::Time {
        precision: Some(2),
        zoned: false,
    },
    DataType::Timestamp {
        precision: Some(3),
        zoned: true,
    },
];

/// Whether a table that is made gets the column, or one that has rows already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Create,
    Add,
}

pub(super) fn column(
    dice: &mut Dice,
    name: String,
    schema: &Schema,
    reach: Reach,
    moment: Moment,
) -> Column {
    let data_type = data_type(dice, schema, reach);
    let mut column = Column::new(name, data_type);
    if dice.one_in(2) {
        column.default = default(dice, &column.data_type, schema, moment);
    }
    // What is added to rows needs a value for them.
    let may_be_required = column.default.is_some() || moment == Moment::Create;
    column.nullable = !(may_be_required && dice.one_in(2));
    column
}

fn data_type(dice: &mut Dice, schema: &Schema, reach: Reach) -> DataType {
    if !schema.enums.is_empty() && dice.one_in(5) {
        let found = dice.pick(&schema.enums).expect("there are some");
        return DataType::Enum(found.name.clone());
    }
    let own: &[DataType] = if reach == Reach::Both { &[] } else { &POSTGRES };
    let at = dice.below(COMMON.len() + own.len() + own.len().min(1));
    let mut all = COMMON.iter().chain(own);
    let array = || DataType::Array(Shared::new(DataType::Text));
    all.nth(at).cloned().unwrap_or_else(array)
}

/// A constant, or the time for a table that is made (`SQLite` adds columns with constants only).
fn default(dice: &mut Dice, data_type: &DataType, schema: &Schema, moment: Moment) -> Option<Expr> {
    match data_type {
        DataType::Timestamp { .. } if moment == Moment::Create => Some(Expr::Now),
        DataType::Text => Some(Expr::String(names::text(dice))),
        DataType::SmallInt | DataType::Integer | DataType::BigInt => Some(number(dice.below(100))),
        DataType::Boolean => Some(Expr::Bool(dice.one_in(2))),
        DataType::Double => Some(Expr::Number("1.5".to_owned())),
        DataType::Enum(_) => value(dice, data_type, schema, 0),
        _ => None,
    }
}

fn number(number: usize) -> Expr {
    Expr::Number(number.to_string())
}

/// A literal of a type, another one for each `number` where the type has that many.
pub(super) fn value(
    dice: &mut Dice,
    data_type: &DataType,
    schema: &Schema,
    number: usize,
) -> Option<Expr> {
    let text = match data_type {
        DataType::SmallInt | DataType::Integer | DataType::BigInt => {
            return Some(self::number(number));
        }
        DataType::Real | DataType::Double => return Some(Expr::Number(format!("{number}.5"))),
        DataType::Numeric(_) => return Some(Expr::Number(format!("{number}.125"))),
        DataType::Boolean => return Some(Expr::Bool(dice.one_in(2))),
        DataType::Bytes => return Some(Expr::Bytes(vec![0, 255, 39, 92])),
        DataType::Text => format!("{}{number}", names::text(dice)),
        DataType::Varchar(_) => format!("v{number}"),
        DataType::Char(_) => format!("{number:07}"),
        DataType::Date => "2024-02-29".to_owned(),
        DataType::Time { .. } => "03:04:05".to_owned(),
        DataType::Timestamp { zoned: false, .. } => "2024-02-29 03:04:05".to_owned(),
        DataType::Timestamp { zoned: true, .. } => "2024-02-29 03:04:05+00".to_owned(),
        DataType::Interval => "3 days".to_owned(),
        DataType::Uuid => format!("00000000-0000-4000-8000-{number:012}"),
        DataType::Json | DataType::Jsonb => "{\"a\": [1, null]}".to_owned(),
        DataType::Array(_) => "{a,b}".to_owned(),
        DataType::Enum(name) => dice.pick(&labels(schema.enum_type(name))).cloned()?,
        DataType::Other(_) => return None,
    };
    Some(Expr::String(text))
}

fn labels(found: Option<&EnumType>) -> Vec<String> {
    found.map(|found| found.labels.clone()).unwrap_or_default()
}
