//! Types of which this database keeps values only in part, and takes them all.
//!
//! What it keeps otherwise than Postgres does but whole (an instant as text, an array as JSON), and what
//! it does not check (`varchar(20)`), is none of that: nothing is lost by it.

use limosa_core::datatype::DataType;
use limosa_core::dialect::Narrowed;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Operation, TableChange};

/// Decimal digits that a floating-point number of 8 bytes always keeps ("Floating Point Numbers",
/// section 2).
const DIGITS: i64 = 15;
/// Decimal digits that a 64-bit integer always keeps.
const WHOLE_DIGITS: i64 = 18;

/// What an operation makes columns for.
pub(super) fn of(operation: &Operation) -> Vec<Narrowed> {
    match operation {
        Operation::CreateTable { table, .. } => {
            // What is computed can be computed again.
            let columns = table.columns.iter().filter(|one| one.generated.is_none());
            columns
                .filter_map(|one| column(&table.name, &one.name, &one.data_type))
                .collect()
        }
        Operation::AlterTable { table, change, .. } => {
            let found = match change {
                TableChange::AddColumn { column: own, .. } if own.generated.is_none() => {
                    column(table, &own.name, &own.data_type)
                }
                TableChange::SetType {
                    column: name,
                    data_type,
                    ..
                } => column(table, name, data_type),
                _ => None,
            };
            Vec::from_iter(found)
        }
        _ => Vec::new(),
    }
}

fn column(table: &ObjectName, name: &str, data_type: &DataType) -> Option<Narrowed> {
    let DataType::Numeric(limits) = data_type else {
        return None;
    };
    if limits.is_some_and(|(precision, scale)| is_kept(precision, scale)) {
        return None;
    }
    let shown = limits.map_or_else(
        || "numeric".to_owned(),
        |(precision, scale)| format!("numeric({precision}, {scale})"),
    );
    Some(Narrowed {
        what: format!("{table}.{name} ({shown})"),
        reason: format!(
            "of a number with a fraction it keeps {DIGITS} digits, of a whole one {WHOLE_DIGITS}, and \
             rounds the rest in silence"
        ),
        instead: format!("give it no more digits, as in numeric({DIGITS}, 2)"),
    })
}

/// Whether all numbers of so many digits are kept: whole ones as integers.
fn is_kept(precision: u32, scale: i32) -> bool {
    let (precision, scale) = (i64::from(precision), i64::from(scale));
    if scale > 0 {
        precision <= DIGITS
    } else {
        precision - scale <= WHOLE_DIGITS
    }
}
