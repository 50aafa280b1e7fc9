//! Primary, unique and foreign keys, and checks.

use serde::{Deserialize, Serialize};

use crate::expr::Expr;
use crate::name::ObjectName;
use crate::schema::Table;

/// A constraint of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Constraint {
    /// `PRIMARY KEY`.
    PrimaryKey(Key),
    /// `UNIQUE`.
    Unique(Key),
    /// `FOREIGN KEY`.
    ForeignKey(ForeignKey),
    /// `CHECK`.
    Check(Check),
}

/// The columns of a primary or unique key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// The constraint's name; none where the database has not kept one.
    pub name: Option<String>,
    /// Its columns in order.
    pub columns: Vec<String>,
    /// `INCLUDE (...)`.
    pub include: Vec<String>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// What becomes of a row that has the key of another one.
    pub on_conflict: OnConflict,
}

/// A foreign key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ForeignKey {
    /// The constraint's name; none where the database has not kept one.
    pub name: Option<String>,
    /// The referring columns.
    pub columns: Vec<String>,
    /// The table referred to.
    pub table: ObjectName,
    /// The columns referred to; empty means its primary key.
    pub references: Vec<String>,
    /// `ON DELETE`.
    pub on_delete: Action,
    /// `ON UPDATE`.
    pub on_update: Action,
    /// `MATCH FULL`.
    pub match_full: bool,
    /// When it is checked.
    pub deferrable: Deferrable,
    /// Whether existing rows were checked; false after `NOT VALID`.
    pub validated: bool,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The constraint's name; none where the database has not kept one.
    pub name: Option<String>,
    /// What must not be false.
    pub expr: Expr,
    /// Whether existing rows were checked; false after `NOT VALID`.
    pub validated: bool,
}

/// What happens to referring rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// `NO ACTION`.
    #[default]
    NoAction,
    /// `RESTRICT`.
    Restrict,
    /// `CASCADE`.
    Cascade,
    /// `SET NULL`.
    SetNull,
    /// `SET DEFAULT`.
    SetDefault,
}

/// What becomes of a statement that writes a row with the key of another one (`SQLite`, "The ON CONFLICT Clause").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OnConflict {
    /// It fails, and what it did is undone: the only answer of other databases.
    #[default]
    Abort,
    /// It fails, and the transaction is rolled back.
    Rollback,
    /// It fails, and what it did stays.
    Fail,
    /// The row is left out.
    Ignore,
    /// The row takes the place of the other one.
    Replace,
}

impl OnConflict {
    /// The word of SQL.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::Abort => "ABORT",
            Self::Rollback => "ROLLBACK",
            Self::Fail => "FAIL",
            Self::Ignore => "IGNORE",
            Self::Replace => "REPLACE",
        }
    }

    /// What a word of SQL says.
    pub fn from_sql(word: &str) -> Option<Self> {
        [
            Self::Abort,
            Self::Rollback,
            Self::Fail,
            Self::Ignore,
            Self::Replace,
        ]
        .into_iter()
        .find(|one| one.as_sql().eq_ignore_ascii_case(word))
    }

    /// Whether the second row is refused.
    pub fn refuses(self) -> bool {
        matches!(self, Self::Abort | Self::Rollback | Self::Fail)
    }
}

/// When a key is checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deferrable {
    /// At each statement.
    #[default]
    No,
    /// At each statement, unless a transaction defers it.
    InitiallyImmediate,
    /// At commit.
    InitiallyDeferred,
}

impl Action {
    /// The words of SQL.
    pub fn as_sql(self) -> &'static str {
        match self {
            Self::NoAction => "NO ACTION",
            Self::Restrict => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        }
    }
}

impl Constraint {
    /// The constraint's name, if it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::PrimaryKey(key) | Self::Unique(key) => key.name.as_deref(),
            Self::ForeignKey(key) => key.name.as_deref(),
            Self::Check(check) => check.name.as_deref(),
        }
    }

    /// The key, if it is a primary or unique one.
    pub fn key(&self) -> Option<&Key> {
        match self {
            Self::PrimaryKey(key) | Self::Unique(key) => Some(key),
            Self::ForeignKey(_) | Self::Check(_) => None,
        }
    }

    /// Whether both say the same but for their names.
    pub fn repeats(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::PrimaryKey(a), Self::PrimaryKey(b)) | (Self::Unique(a), Self::Unique(b)) => {
                a.repeats(b)
            }
            (Self::ForeignKey(a), Self::ForeignKey(b)) => a.repeats(b),
            (Self::Check(a), Self::Check(b)) => a.validated == b.validated && a.expr == b.expr,
            _ => false,
        }
    }

    /// The constraint's name, to set or change.
    pub fn name_mut(&mut self) -> &mut Option<String> {
        match self {
            Self::PrimaryKey(key) | Self::Unique(key) => &mut key.name,
            Self::ForeignKey(key) => &mut key.name,
            Self::Check(check) => &mut check.name,
        }
    }
}

impl Key {
    /// Whether it has nothing but columns, and NULLs differ.
    pub(crate) fn is_plain(&self) -> bool {
        self.include.is_empty() && !self.nulls_not_distinct
    }

    /// Whether both say the same but for their names.
    pub fn repeats(&self, other: &Self) -> bool {
        self.shares_index(other) && self.on_conflict == other.on_conflict
    }

    /// Whether `CREATE TABLE` makes one key of both.
    pub fn shares_index(&self, other: &Self) -> bool {
        self.columns == other.columns
            && self.include == other.include
            && self.nulls_not_distinct == other.nulls_not_distinct
            && self.deferrable == other.deferrable
    }

    /// A key over these columns without further options.
    pub fn new(name: Option<String>, columns: Vec<String>) -> Self {
        Self {
            name,
            columns,
            include: Vec::new(),
            nulls_not_distinct: false,
            deferrable: Deferrable::No,
            on_conflict: OnConflict::Abort,
        }
    }
}

impl ForeignKey {
    /// Whether both say the same but for their names.
    pub fn repeats(&self, other: &Self) -> bool {
        let Self {
            name: _,
            columns,
            table,
            references,
            on_delete,
            on_update,
            match_full,
            deferrable,
            validated,
        } = self;
        *columns == other.columns
            && *table == other.table
            && *references == other.references
            && (*on_delete, *on_update) == (other.on_delete, other.on_update)
            && (*match_full, *validated) == (other.match_full, other.validated)
            && *deferrable == other.deferrable
    }

    /// The columns that it refers to: those of the primary key where it says none.
    pub fn referred<'t>(&'t self, parent: &'t Table) -> &'t [String] {
        match self.references.as_slice() {
            [] => parent.primary_key(),
            columns => columns,
        }
    }

    /// A foreign key without actions.
    pub fn new(columns: Vec<String>, table: ObjectName, references: Vec<String>) -> Self {
        Self {
            name: None,
            columns,
            table,
            references,
            on_delete: Action::NoAction,
            on_update: Action::NoAction,
            match_full: false,
            deferrable: Deferrable::No,
            validated: true,
        }
    }
}
