//! Keys and checks.

use limosa_core::schema::{Action, Check, Constraint, Deferrable, ForeignKey, Key, OnConflict};

use super::{Compiled, refuse, text};

/// A constraint as it stands in `CREATE TABLE` and behind `ADD`, with `NOT VALID` where existing rows
/// are not to be checked.
pub(super) fn definition(constraint: &Constraint) -> Compiled<String> {
    let body = match constraint {
        Constraint::PrimaryKey(key) => keyed("PRIMARY KEY", key)?,
        Constraint::Unique(key) => keyed("UNIQUE", key)?,
        Constraint::ForeignKey(key) => foreign(key)?,
        Constraint::Check(check) => checked(check)?,
    };
    named(constraint, &body)
}

/// A key made of an index that exists.
pub(super) fn using_index(constraint: &Constraint, index: &str) -> Compiled<String> {
    let index = text::name(index)?;
    let body = match constraint {
        Constraint::PrimaryKey(key) => {
            format!("PRIMARY KEY USING INDEX {index}{}", when(key.deferrable))
        }
        Constraint::Unique(key) => format!("UNIQUE USING INDEX {index}{}", when(key.deferrable)),
        Constraint::ForeignKey(_) | Constraint::Check(_) => return definition(constraint),
    };
    named(constraint, &body)
}

/// Whether it leaves existing rows unchecked; `CREATE TABLE` cannot say that.
pub(super) fn is_not_valid(constraint: &Constraint) -> bool {
    match constraint {
        Constraint::ForeignKey(key) => !key.validated,
        Constraint::Check(check) => !check.validated,
        Constraint::PrimaryKey(_) | Constraint::Unique(_) => false,
    }
}

fn named(constraint: &Constraint, body: &str) -> Compiled<String> {
    Ok(match constraint.name() {
        Some(name) => format!("CONSTRAINT {} {body}", text::name(name)?),
        None => body.to_owned(),
    })
}

fn keyed(words: &str, key: &Key) -> Compiled<String> {
    if key.on_conflict != OnConflict::Abort {
        return Err(refuse(
            format!("say ON CONFLICT {} of a key", key.on_conflict.as_sql()),
            "a statement that writes a key twice fails; say it in each INSERT",
        ));
    }
    let nulls = if key.nulls_not_distinct {
        " NULLS NOT DISTINCT"
    } else {
        ""
    };
    let include = include(&key.include)?;
    let columns = text::names(&key.columns)?;
    Ok(format!(
        "{words}{nulls} ({columns}){include}{}",
        when(key.deferrable)
    ))
}

/// ` INCLUDE (...)`, if there is anything to include.
pub(super) fn include(columns: &[String]) -> Compiled<String> {
    if columns.is_empty() {
        return Ok(String::new());
    }
    Ok(format!(" INCLUDE ({})", text::names(columns)?))
}

fn foreign(key: &ForeignKey) -> Compiled<String> {
    let mut words = format!(
        "FOREIGN KEY ({}) REFERENCES {}",
        text::names(&key.columns)?,
        text::object(&key.table)?
    );
    if !key.references.is_empty() {
        words = format!("{words} ({})", text::names(&key.references)?);
    }
    let full = if key.match_full { " MATCH FULL" } else { "" };
    let delete = action("DELETE", key.on_delete);
    let update = action("UPDATE", key.on_update);
    let valid = if key.validated { "" } else { " NOT VALID" };
    let when = when(key.deferrable);
    Ok(format!("{words}{full}{delete}{update}{when}{valid}"))
}

fn checked(check: &Check) -> Compiled<String> {
    let valid = if check.validated { "" } else { " NOT VALID" };
    Ok(format!("CHECK ({}){valid}", text::expression(&check.expr)?))
}

fn action(event: &str, action: Action) -> String {
    let what = match action {
        Action::NoAction => return String::new(),
        Action::Restrict => "RESTRICT",
        Action::Cascade => "CASCADE",
        Action::SetNull => "SET NULL",
        Action::SetDefault => "SET DEFAULT",
    };
    format!(" ON {event} {what}")
}

fn when(deferrable: Deferrable) -> &'static str {
    match deferrable {
        Deferrable::No => "",
        Deferrable::InitiallyImmediate => " DEFERRABLE",
        Deferrable::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}
