//! Constants of `SQLite`'s files that this database would round or cut without a word.
//!
//! There a column takes any value as it is; here it is converted to the column's type. Most of what does
//! not fit is an error of the server, and nothing is lost by it. What is converted in silence is told.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Narrowed;
use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Assignment, Operation, Source, TableChange};
use limosa_core::schema::{Column, Schema};

use super::{FACTS, data, types};

/// What an operation that was written for another database puts into columns that keep less of it.
pub(super) fn of(operation: &Operation, language: &str, before: &Schema) -> Vec<Narrowed> {
    if language != "sqlite" {
        return Vec::new();
    }
    match operation {
        Operation::CreateTable { table, .. } => {
            let columns = table.columns.iter();
            columns
                .filter_map(|own| value(&table.name, own, own.default.as_ref()?))
                .collect()
        }
        Operation::AlterTable { table, change, .. } => {
            Vec::from_iter(default_of(table, change, before))
        }
        Operation::Insert(insert) => {
            let known = before.table(&insert.table);
            let columns = data::targets(insert, known);
            let rows = match &insert.source {
                Source::Values(rows) => rows.as_slice(),
                Source::Query(_) | Source::Defaults => &[],
            };
            let pairs = rows.iter().flat_map(|row| row.iter().zip(&columns));
            let mut found: Vec<_> = pairs
                .filter_map(|(given, column)| value(&insert.table, (*column)?, given.as_ref()?))
                .collect();
            if let Some(conflict) = &insert.on_conflict {
                found.extend(assigned(&insert.table, &conflict.update, before));
            }
            found
        }
        Operation::Update(update) => assigned(&update.table, &update.set, before),
        _ => Vec::new(),
    }
}

fn default_of(table: &ObjectName, change: &TableChange, before: &Schema) -> Option<Narrowed> {
    match change {
        TableChange::AddColumn { column, .. } => value(table, column, column.default.as_ref()?),
        TableChange::SetDefault { column, default } => {
            let known = before.table(table)?.column(column, FACTS.case)?;
            value(table, known, default.as_ref()?)
        }
        _ => None,
    }
}

fn assigned(table: &ObjectName, set: &[Assignment], before: &Schema) -> Vec<Narrowed> {
    let Some(known) = before.table(table) else {
        return Vec::new();
    };
    set.iter()
        .filter_map(|one| {
            let column = known.column(&one.column, FACTS.case)?;
            value(table, column, one.value.as_ref()?)
        })
        .collect()
}

/// A constant that becomes another one in a column.
fn value(table: &ObjectName, column: &Column, given: &Expr) -> Option<Narrowed> {
    let (what, becomes) = match given.as_it_stands().unwrap_or(given) {
        Expr::String(text) => (text.as_str(), text_in(text, &column.data_type)?),
        Expr::Number(digits) => (digits.as_str(), number_in(digits, &column.data_type)?),
        Expr::Unary(_, inner) => match &**inner {
            Expr::Number(digits) => (digits.as_str(), number_in(digits, &column.data_type)?),
            _ => return None,
        },
        Expr::Now => ("CURRENT_TIMESTAMP", moment_in(&column.data_type)?),
        _ => return None,
    };
    let shown = types::spell(&column.data_type).unwrap_or_default();
    Some(Narrowed {
        what: format!("{what} in {table}.{} ({shown})", column.name),
        reason: becomes.to_owned(),
        instead: "write the constant as the type keeps it".to_owned(),
    })
}

const ROUNDED: &str = "it rounds the number to the digits of the type";
const DAY: &str = "it keeps the day alone";
const TIME: &str = "it keeps the time of day alone";

fn number_in(digits: &str, to: &DataType) -> Option<&'static str> {
    let kept = match to {
        DataType::SmallInt | DataType::Integer | DataType::BigInt => 0,
        DataType::Numeric(Some((_, scale))) => *scale,
        _ => return None,
    };
    (fraction(digits)? > kept).then_some(ROUNDED)
}

fn moment_in(to: &DataType) -> Option<&'static str> {
    match to {
        DataType::Date => Some(DAY),
        DataType::Time { .. } => Some(TIME),
        _ => None,
    }
}

fn text_in(text: &str, to: &DataType) -> Option<&'static str> {
    let text = text.trim();
    let (day, time) = halves(text);
    match to {
        // A text that is no number of this type is an error.
        DataType::Numeric(_) => number_in(text, to),
        DataType::Date if day.is_some() && time.bytes().any(|b| (b'1'..=b'9').contains(&b)) => {
            Some(DAY)
        }
        DataType::Time { .. } if day.is_some() && !time.is_empty() => Some(TIME),
        DataType::Time { precision, .. } => finer(text, *precision),
        DataType::Timestamp { zoned, precision } => {
            let offset = time.find(['+', '-']).map(|at| &time[at..]);
            let shifts = offset.is_some_and(|offset| offset.contains(|c| ('1'..='9').contains(&c)));
            if shifts && !zoned {
                return Some("it leaves the offset out, so that another moment is kept");
            }
            finer(time, *precision)
        }
        _ => None,
    }
}

/// A date in digits, if the text begins with one, and what stands behind it.
fn halves(text: &str) -> (Option<&str>, &str) {
    match text.split_at_checked(10) {
        Some((day, time)) if day.bytes().filter(|byte| *byte == b'-').count() == 2 => {
            (Some(day), time)
        }
        _ => (None, text),
    }
}

/// Whether a time has more digits of the second than six, or than the type says.
fn finer(time: &str, precision: Option<u32>) -> Option<&'static str> {
    let (_, behind) = time.split_once('.')?;
    let digits = behind.bytes().take_while(u8::is_ascii_digit);
    let kept = usize::try_from(precision.unwrap_or(6)).unwrap_or(6);
    let lost = digits.skip(kept).any(|digit| digit != b'0');
    lost.then_some("it rounds the fraction of the second")
}

/// How many digits stand behind the point of a number, zeros at the end left out; none if it is no
/// number in decimal digits.
fn fraction(digits: &str) -> Option<i32> {
    digits.parse::<f64>().ok()?;
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, behind) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{behind}");
    let zeros = all.len() - all.trim_end_matches('0').len();
    let places = i32::try_from(behind.len()).ok()? - i32::try_from(zeros).ok()?;
    Some(places - exponent)
}
