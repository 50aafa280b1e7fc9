//! What must be the same before and behind a rebuild.

use limosa_core::dialect::{Keep, Unsupported};
use limosa_core::name::ObjectName;
use limosa_core::schema::{Schema, Table};
use limosa_core::shared::Shared;

use super::super::{column, names, quoted, table, types};
use super::origin::{Origin, text};
use super::{Change, copy};

/// How many values one digest takes: a function has no more arguments than 100 everywhere.
const WIDTH: usize = 90;

/// The rows of the table and of those that refer to it, and the table's own health.
pub(super) fn all(change: &Change<'_>) -> Result<Vec<Keep>, Unsupported> {
    let name = &change.before.name;
    let mut keeps = vec![own(change)?];
    keeps.extend(referring(name, &unchanged(change))?);
    keeps.push(Keep {
        what: format!("the quick check of {name}"),
        before: "SELECT 'ok'".to_owned(),
        after: format!(
            "SELECT quick_check FROM pragma_quick_check({}) LIMIT 3",
            text(&name.name)
        ),
    });
    Ok(keeps)
}

/// The tables that hold the same afterwards: one that goes, or is built anew itself, is looked at there.
fn unchanged(change: &Change<'_>) -> Schema {
    let mut schema = change.schema.clone();
    schema.tables.retain(|table| {
        names::table(change.result, &table.name).is_some_and(|after| after.columns == table.columns)
    });
    schema
}

/// The rows of the tables that refer to this one: what a rebuild done wrong deletes.
pub(super) fn referring(name: &ObjectName, schema: &Schema) -> Result<Vec<Keep>, Unsupported> {
    let refers = |other: &&Shared<Table>| {
        !names::same(&other.name, name)
            && other.constraints.iter().any(|own| table::refers(own, name))
    };
    let children = schema.tables.iter().filter(refers);
    children
        .map(|child| {
            let columns = child.columns.iter().map(|own| quoted(&own.name));
            let rowid = copy::rowid_names(child).next().map(str::to_owned);
            let values: Vec<String> = rowid.into_iter().chain(columns).collect();
            let query = digest(&values, &child.name)?;
            Ok(Keep {
                what: what(&child.name),
                before: query.clone(),
                after: query,
            })
        })
        .collect()
}

fn what(name: &ObjectName) -> String {
    format!("the rows of {name} (number, digest)")
}

/// The columns that stay, as they will be: a value that is converted is compared converted.
fn own(change: &Change<'_>) -> Result<Keep, Unsupported> {
    let (mut before, mut after) = (Vec::new(), Vec::new());
    if let Some(rowid) = copy::rowid(change).filter(|_| copy::keeps_rowid(change)) {
        before.push(rowid.to_owned());
        after.push(rowid.to_owned());
    }
    for column in &change.after.columns {
        let old = match change.origins.get(&column.name) {
            Origin::Column(old) => old.clone(),
            Origin::Nothing if change.is_generated_alike(column) => column.name.clone(),
            _ => continue,
        };
        let (own, new) = (quoted(&old), quoted(&column.name));
        let found = names::column(change.before, &old);
        let retyped = found.is_some_and(|found| {
            found.data_type != column.data_type
                && types::held(&found.data_type) != types::held(&column.data_type)
        });
        if retyped {
            let affinity = Affinity::of(&column::declared_type(column, change.after)?);
            before.push(affinity.held(&own));
            after.push(affinity.shown(&new));
        } else {
            before.push(own);
            after.push(new);
        }
    }
    Ok(Keep {
        what: what(&change.before.name),
        before: digest(&before, &change.before.name)?,
        after: digest(&after, &change.before.name)?,
    })
}

fn digest(values: &[String], table: &ObjectName) -> Result<String, Unsupported> {
    let digest = |values: &[String]| format!("limosa_digest({})", values.join(", "));
    let mut digests: Vec<String> = values.chunks(WIDTH).map(digest).collect();
    if digests.is_empty() {
        // It counts rows without any value, too.
        digests.push(digest(&[]));
    }
    Ok(format!(
        "SELECT {} FROM {}",
        digests.join(", "),
        names::object(table)?
    ))
}

/// To what a column converts its values ("Datatypes In SQLite", section 3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

impl Affinity {
    fn of(declared: &str) -> Self {
        let upper = declared.to_ascii_uppercase();
        let has = |words: &[&str]| words.iter().any(|word| upper.contains(word));
        if has(&["INT"]) {
            Self::Integer
        } else if has(&["CHAR", "CLOB", "TEXT"]) {
            Self::Text
        } else if has(&["BLOB"]) || upper.is_empty() || upper == "ANY" {
            Self::Blob
        } else if has(&["REAL", "FLOA", "DOUB"]) {
            Self::Real
        } else {
            Self::Numeric
        }
    }

    /// The old value as such a column holds it. The guards have seen that nothing is lost by it.
    fn held(self, x: &str) -> String {
        match self {
            Self::Blob => x.to_owned(),
            Self::Text => format!("CAST({x} AS TEXT)"),
            Self::Real => format!("CAST({x} AS REAL)"),
            Self::Integer | Self::Numeric => Self::number(x),
        }
    }

    /// The new value, to compare with that.
    fn shown(self, x: &str) -> String {
        match self {
            Self::Integer | Self::Numeric => Self::number(x),
            _ => x.to_owned(),
        }
    }

    /// A number is an integer if it can be one.
    fn number(x: &str) -> String {
        format!(
            "CASE WHEN typeof({x}) = 'blob' THEN {x} WHEN {x} = CAST({x} AS INTEGER) THEN CAST({x} AS INTEGER) \
             WHEN typeof({x}) = 'text' AND {x} = CAST({x} AS NUMERIC) THEN CAST({x} AS NUMERIC) ELSE {x} END"
        )
    }
}
