//! Indexes.

use limosa_core::expr::Expr;
use limosa_core::name::ObjectName;
use limosa_core::operation::Commented;
use limosa_core::schema::{Index, IndexKey};

use super::{Compiled, constraint, text};

/// How an index is built or dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Build {
    /// In one go, with the table locked against writes.
    Plain,
    /// Without blocking writes, and outside a transaction.
    Concurrent,
}

impl Build {
    pub(super) fn of(concurrently: bool) -> Self {
        if concurrently {
            Self::Concurrent
        } else {
            Self::Plain
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Concurrent => " CONCURRENTLY",
        }
    }
}

pub(super) fn create(table: &ObjectName, index: &Index, build: Build) -> Compiled {
    let unique = if index.unique { " UNIQUE" } else { "" };
    let name = text::name(&index.name)?;
    let on = text::object(table)?;
    let method = match &index.method {
        Some(method) => format!(" USING {}", text::name(method)?),
        None => String::new(),
    };
    let keys: Vec<String> = index.keys.iter().map(key).collect::<Result<_, _>>()?;
    let include = constraint::include(&index.include)?;
    let nulls = if index.nulls_not_distinct {
        " NULLS NOT DISTINCT"
    } else {
        ""
    };
    let filter = match &index.predicate {
        Some(predicate) => format!(" WHERE {}", text::expression(predicate)?),
        None => String::new(),
    };
    let mut all = vec![format!(
        "CREATE{unique} INDEX{} {name} ON {on}{method} ({}){include}{nulls}{filter}",
        build.word(),
        keys.join(", ")
    )];
    if let Some(comment) = &index.comment {
        let on = Commented::Index(table.sibling(index.name.as_str()));
        all.extend(text::comment(&on, Some(comment))?);
    }
    Ok(all)
}

pub(super) fn drop(name: &ObjectName, build: Build, cascade: bool) -> Compiled {
    let name = text::object(name)?;
    let cascade = text::cascade(cascade);
    Ok(vec![format!("DROP INDEX{} {name}{cascade}", build.word())])
}

pub(super) fn rename(from: &ObjectName, to: &str) -> Compiled {
    let (from, to) = (text::object(from)?, text::name(to)?);
    Ok(vec![format!("ALTER INDEX {from} RENAME TO {to}")])
}

fn key(key: &IndexKey) -> Compiled<String> {
    let mut words = match &key.expr {
        Expr::Collate(inner, collation) => {
            format!("{} COLLATE {}", operand(inner)?, text::name(collation)?)
        }
        expr => operand(expr)?,
    };
    if let Some(class) = &key.operator_class {
        words = format!("{words} {}", class_name(class)?);
    }
    if key.descending {
        words.push_str(" DESC");
    }
    match key.nulls_first {
        Some(true) => words.push_str(" NULLS FIRST"),
        Some(false) => words.push_str(" NULLS LAST"),
        None => {}
    }
    Ok(words)
}

/// A column stands as it is; any other expression needs parentheses.
fn operand(expr: &Expr) -> Compiled<String> {
    match expr {
        Expr::Column(path) => text::name(path.last().map_or("", String::as_str)),
        expr => Ok(format!("({})", text::expression(expr)?)),
    }
}

/// An operator class may carry its schema.
fn class_name(class: &str) -> Compiled<String> {
    let parts: Vec<String> = class.split('.').map(text::name).collect::<Result<_, _>>()?;
    Ok(parts.join("."))
}
