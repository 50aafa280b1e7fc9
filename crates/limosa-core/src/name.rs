//! Names of objects, as the database holds them: folded and unquoted.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The name of a table, index, view, type or sequence, with its schema where one was given.
///
/// Names are *resolved*: a Postgres file's `Users` is held as `users`, its `"Users"` as `Users`.
/// No schema means the database's default one (`current_schema()` on Postgres, `main` on `SQLite`).
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectName {
    /// The schema (namespace), if the author named one.
    pub schema: Option<String>,
    /// The object's own name.
    pub name: String,
}

impl ObjectName {
    /// A name in the default schema.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            schema: None,
            name: name.into(),
        }
    }

    /// A name in a schema of its own.
    pub fn qualified(schema: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            schema: Some(schema.into()),
            name: name.into(),
        }
    }

    /// Another object in the same schema as this one.
    #[must_use]
    pub fn sibling(&self, name: impl Into<String>) -> Self {
        Self {
            schema: self.schema.clone(),
            name: name.into(),
        }
    }
}

/// Written out, since what is derived is compiled into everything that copies a name.
impl Clone for ObjectName {
    #[inline(never)]
    fn clone(&self) -> Self {
        Self {
            schema: self.schema.clone(),
            name: self.name.clone(),
        }
    }
}

impl From<&str> for ObjectName {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for ObjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.schema {
            Some(schema) => write!(f, "{schema}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// How a database decides whether two identifiers are the same one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Case {
    /// Byte for byte (Postgres, after folding).
    #[default]
    Sensitive,
    /// Without regard to the case of ASCII letters (`SQLite`).
    Insensitive,
}

impl Case {
    /// Whether `a` and `b` name the same object.
    pub fn same(self, a: &str, b: &str) -> bool {
        match self {
            Self::Sensitive => a == b,
            Self::Insensitive => a.eq_ignore_ascii_case(b),
        }
    }
}
