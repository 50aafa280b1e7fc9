//! Keys and checks: of a table, and behind a column.

use limosa_core::dialect::Unsupported;
use limosa_core::schema::{Action, Check, Constraint, Deferrable, ForeignKey, Key, OnConflict};

use super::{names, quoted, render, unsupported};

/// A constraint as an item of `CREATE TABLE`.
pub(super) fn of_table(constraint: &Constraint) -> Result<String, Unsupported> {
    let body = match constraint {
        Constraint::PrimaryKey(key) => format!("PRIMARY KEY {}", columns(key)?),
        Constraint::Unique(key) => format!("UNIQUE {}", columns(key)?),
        Constraint::ForeignKey(key) => format!(
            "FOREIGN KEY ({}) {}",
            names::list(&key.columns),
            references(key)?
        ),
        Constraint::Check(check) => self::check(check)?,
    };
    Ok(named(constraint, &body))
}

/// A constraint behind the column that it concerns.
pub(super) fn behind_column(constraint: &Constraint) -> Result<String, Unsupported> {
    let body = match constraint {
        Constraint::ForeignKey(key) => references(key)?,
        Constraint::Check(check) => self::check(check)?,
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => return of_table(constraint),
    };
    Ok(named(constraint, &body))
}

fn named(constraint: &Constraint, body: &str) -> String {
    match constraint.name() {
        Some(name) => format!("CONSTRAINT {} {body}", quoted(name)),
        None => body.to_owned(),
    }
}

/// The columns of a key. `INCLUDE` only makes reading faster, and is left out.
fn columns(key: &Key) -> Result<String, Unsupported> {
    let what = || format!("make a key of {}", key.columns.join(", "));
    if key.nulls_not_distinct {
        return Err(unsupported(what(), "NULLs are always distinct in its keys"));
    }
    if key.deferrable != Deferrable::No {
        return Err(unsupported(what(), "only foreign keys can be deferred"));
    }
    let on_conflict = match key.on_conflict {
        OnConflict::Abort => String::new(),
        other => format!(" ON CONFLICT {}", other.as_sql()),
    };
    Ok(format!("({}){on_conflict}", names::list(&key.columns)))
}

fn check(check: &Check) -> Result<String, Unsupported> {
    Ok(format!("CHECK ({})", render::expression(&check.expr)?))
}

fn references(key: &ForeignKey) -> Result<String, Unsupported> {
    if key.match_full && key.columns.len() > 1 {
        return Err(unsupported(
            "match a foreign key in full",
            "it reads MATCH FULL and does nothing about it",
        ));
    }
    let columns = match key.references.as_slice() {
        [] => String::new(),
        columns => format!(" ({})", names::list(columns)),
    };
    let event = |name: &str, action| {
        action_words(action).map_or_else(String::new, |words| format!(" ON {name} {words}"))
    };
    let deferrable = match key.deferrable {
        Deferrable::No => "",
        Deferrable::InitiallyImmediate => " DEFERRABLE INITIALLY IMMEDIATE",
        Deferrable::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    };
    Ok(format!(
        "REFERENCES {}{columns}{}{}{deferrable}",
        names::object(&key.table)?,
        event("DELETE", key.on_delete),
        event("UPDATE", key.on_update),
    ))
}

fn action_words(action: Action) -> Option<&'static str> {
    match action {
        Action::NoAction => None,
        Action::Restrict => Some("RESTRICT"),
        Action::Cascade => Some("CASCADE"),
        Action::SetNull => Some("SET NULL"),
        Action::SetDefault => Some("SET DEFAULT"),
    }
}
