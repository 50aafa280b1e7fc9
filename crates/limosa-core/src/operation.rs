//! Operations: single, dialect-neutral changes.
//!
//! What a person wrote is kept beside them ([`crate::migration::Statement`]); an operation says what it
//! means, so that the plan can ask a database whether it is already so, and another dialect can say
//! the same in its own words.

mod data;
mod renaming;
mod using;

use serde::{Deserialize, Serialize};

use crate::datatype::DataType;
use crate::expr::Expr;
use crate::name::ObjectName;
use crate::schema::{
    Column, Constraint, EnumType, Generated, Identity, Index, Table, Trigger, View,
};
use crate::shared::{List, Shared};

pub use data::{Assignment, Conflict, Delete, Insert, Source, Update};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Operation {
    /// `CREATE TABLE`, with its constraints; indexes come as operations of their own.
    CreateTable {
        /// The table.
        table: Shared<Table>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP TABLE`.
    DropTable {
        /// The table.
        name: ObjectName,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `ALTER TABLE ... RENAME TO`.
    RenameTable {
        /// The present name.
        from: ObjectName,
        /// The new name.
        to: String,
        /// What becomes of those who mention it.
        mentions: Mentions,
    },
    /// One change of a table's columns or constraints.
    AlterTable {
        /// The table.
        table: ObjectName,
        /// `ALTER TABLE IF EXISTS`.
        if_exists: bool,
        /// What changes.
        change: TableChange,
    },
    /// `CREATE INDEX`.
    CreateIndex {
        /// The table.
        table: ObjectName,
        /// The index.
        index: Shared<Index>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
        /// `CONCURRENTLY`: built without blocking writes, where the database can.
        concurrently: bool,
    },
    /// `DROP INDEX`.
    DropIndex {
        /// The index.
        name: ObjectName,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CONCURRENTLY`.
        concurrently: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `ALTER INDEX ... RENAME TO`.
    RenameIndex {
        /// The present name.
        from: ObjectName,
        /// The new name.
        to: String,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `CREATE TYPE ... AS ENUM`. The flag of a guarding `DO` block or `IF NOT EXISTS` is kept.
    CreateEnum {
        /// The type.
        enum_type: Shared<EnumType>,
        /// Whether an existing type is no error.
        if_not_exists: bool,
    },
    /// `ALTER TYPE ... ADD VALUE`.
    AddEnumLabel {
        /// The type.
        name: ObjectName,
        /// The new label.
        label: String,
        /// Where it goes; none for the end.
        position: Option<LabelPosition>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `ALTER TYPE ... RENAME VALUE`.
    RenameEnumLabel {
        /// The type.
        name: ObjectName,
        /// The present label.
        from: String,
        /// The new label.
        to: String,
    },
    /// `ALTER TYPE ... RENAME TO`.
    RenameEnum {
        /// The present name.
        from: ObjectName,
        /// The new name.
        to: String,
    },
    /// `DROP TYPE`.
    DropEnum {
        /// The type.
        name: ObjectName,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `CREATE VIEW`.
    CreateView {
        /// The view.
        view: Shared<View>,
        /// `OR REPLACE`.
        or_replace: bool,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP VIEW`.
    DropView {
        /// The view.
        name: ObjectName,
        /// Whether it is a materialized one.
        materialized: bool,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `CREATE TRIGGER`: known by name and table, its text belongs to one dialect.
    CreateTrigger {
        /// The trigger.
        trigger: Shared<Trigger>,
        /// `OR REPLACE`.
        or_replace: bool,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP TRIGGER`.
    DropTrigger {
        /// The trigger.
        name: String,
        /// Its table; `SQLite` does not name it.
        table: Option<ObjectName>,
        /// `IF EXISTS`.
        if_exists: bool,
    },
    /// `COMMENT ON`.
    Comment {
        /// What is commented on.
        on: Commented,
        /// The text; none removes it.
        text: Option<String>,
    },
    /// `INSERT`.
    Insert(Shared<Insert>),
    /// `UPDATE`.
    Update(Shared<Update>),
    /// `DELETE`.
    Delete(Shared<Delete>),
    /// A statement that the model does not know, for one dialect.
    Sql(Shared<Sql>),
}

/// One change inside `ALTER TABLE`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum TableChange {
    /// `ADD COLUMN`, with the constraints written behind it.
    AddColumn {
        /// The column.
        column: Shared<Column>,
        /// Its own `UNIQUE`, `REFERENCES`, `CHECK`, `PRIMARY KEY`.
        constraints: List<Constraint>,
        /// `IF NOT EXISTS`.
        if_not_exists: bool,
    },
    /// `DROP COLUMN`.
    DropColumn {
        /// The column.
        name: String,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `RENAME COLUMN`.
    RenameColumn {
        /// The present name.
        from: String,
        /// The new name.
        to: String,
    },
    /// `ALTER COLUMN ... TYPE`.
    SetType {
        /// The column.
        column: String,
        /// The new type.
        data_type: DataType,
        /// The new collation.
        collation: Option<String>,
        /// `USING`.
        using: Option<Expr>,
    },
    /// `SET NOT NULL` or `DROP NOT NULL`.
    SetNullable {
        /// The column.
        column: String,
        /// Whether NULL is accepted afterwards.
        nullable: bool,
    },
    /// `SET DEFAULT` or `DROP DEFAULT`.
    SetDefault {
        /// The column.
        column: String,
        /// The new default; none drops it.
        default: Option<Expr>,
    },
    /// `ADD GENERATED ... AS IDENTITY`, `DROP IDENTITY`.
    SetIdentity {
        /// The column.
        column: String,
        /// The numbering afterwards.
        identity: Option<Identity>,
    },
    /// `DROP EXPRESSION`, or a new expression where the database can.
    SetGenerated {
        /// The column.
        column: String,
        /// The expression afterwards.
        generated: Option<Generated>,
    },
    /// `ADD CONSTRAINT`.
    AddConstraint {
        /// The constraint.
        constraint: Shared<Constraint>,
        /// `USING INDEX`: an index that becomes the key's.
        using_index: Option<String>,
        /// Whether an existing constraint of the name is no error, as in a guarding `DO` block.
        if_not_exists: bool,
    },
    /// `DROP CONSTRAINT`.
    DropConstraint {
        /// The constraint.
        name: String,
        /// `IF EXISTS`.
        if_exists: bool,
        /// `CASCADE`.
        cascade: bool,
    },
    /// `RENAME CONSTRAINT`.
    RenameConstraint {
        /// The present name.
        from: String,
        /// The new name.
        to: String,
    },
    /// `VALIDATE CONSTRAINT`.
    ValidateConstraint {
        /// The constraint.
        name: String,
    },
}

/// Where a new enum label goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LabelPosition {
    /// In front of this one.
    Before(String),
    /// Behind this one.
    After(String),
}

/// What a comment is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Commented {
    /// A table.
    Table(ObjectName),
    /// A column of a table.
    Column(ObjectName, String),
    /// An index.
    Index(ObjectName),
    /// A view.
    View(ObjectName),
    /// An enum type.
    Enum(ObjectName),
}

/// What becomes of the foreign keys, views and triggers of others that mention a table by its name when it gets
/// another one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mentions {
    /// They follow it.
    #[default]
    Follow,
    /// They stay with the name, which a new table takes: the author of a file for `SQLite` builds the table anew,
    /// and moves the old one out of the way first.
    Stay,
}

/// A statement carried verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sql {
    /// The one dialect that it is for; none if its author says that every database understands it.
    pub dialect: Option<String>,
    /// What it is, in a few words for the plan: `create function touch`, `do block`.
    pub summary: String,
    /// What it can do to the model.
    pub effect: Effect,
    /// The text as written, without the last semicolon.
    pub text: String,
}

/// What a verbatim statement can do to the tables, indexes, views and types that the model holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// It leaves them alone (`CREATE FUNCTION`, `GRANT`, `SET`).
    None,
    /// It may do anything (`DO`, `CREATE EXTENSION`): the catalog is read again behind it.
    Unknown,
}

impl Operation {
    /// Whether it says `CASCADE`: it takes with it whatever depends on its object.
    pub fn cascades(&self) -> bool {
        match self {
            Self::DropTable { cascade, .. }
            | Self::DropIndex { cascade, .. }
            | Self::DropEnum { cascade, .. }
            | Self::DropView { cascade, .. }
            | Self::AlterTable {
                change:
                    TableChange::DropColumn { cascade, .. }
                    | TableChange::DropConstraint { cascade, .. },
                ..
            } => *cascade,
            _ => false,
        }
    }

    /// Whether doing it again changes nothing: it sets a property of a column.
    pub fn is_repeatable(&self) -> bool {
        let Self::AlterTable { change, .. } = self else {
            return false;
        };
        let sets = matches!(
            change,
            TableChange::SetType { .. }
                | TableChange::SetNullable { .. }
                | TableChange::SetDefault { .. }
        );
        sets && !change.reckons()
    }

    /// Whether rows may hold other values behind it, which no catalog shows: `INSERT`, `UPDATE`,
    /// `DELETE`, a `USING` that reckons, and whatever the model does not know.
    pub fn changes_rows(&self) -> bool {
        match self {
            Self::Insert(_) | Self::Update(_) | Self::Delete(_) | Self::Sql(_) => true,
            Self::AlterTable { change, .. } => change.reckons(),
            _ => false,
        }
    }

    /// Whether it may do anything to the model: only the catalog tells what it did.
    pub(crate) fn has_unknown_effect(&self) -> bool {
        matches!(self, Self::Sql(sql) if sql.effect == Effect::Unknown)
    }

    /// The schema that the operation names, if it names one.
    pub fn schema(&self) -> Option<&str> {
        let name = match self {
            Self::CreateTable { table, .. } => &table.name,
            Self::DropTable { name, .. }
            | Self::DropIndex { name, .. }
            | Self::AddEnumLabel { name, .. }
            | Self::RenameEnumLabel { name, .. }
            | Self::DropEnum { name, .. }
            | Self::DropView { name, .. }
            | Self::RenameTable { from: name, .. }
            | Self::RenameIndex { from: name, .. }
            | Self::RenameEnum { from: name, .. }
            | Self::AlterTable { table: name, .. }
            | Self::CreateIndex { table: name, .. } => name,
            Self::CreateEnum { enum_type, .. } => &enum_type.name,
            Self::CreateView { view, .. } => &view.name,
            Self::CreateTrigger { trigger, .. } => &trigger.table,
            Self::DropTrigger { table, .. } => return table.as_ref()?.schema.as_deref(),
            Self::Comment { on, .. } => on.object(),
            Self::Insert(insert) => &insert.table,
            Self::Update(update) => &update.table,
            Self::Delete(delete) => &delete.table,
            Self::Sql(_) => return None,
        };
        name.schema.as_deref()
    }
}

impl Operation {
    /// Whether it makes, changes or removes an enum type.
    pub(crate) fn is_about_enum(&self) -> bool {
        matches!(
            self,
            Self::CreateEnum { .. }
                | Self::AddEnumLabel { .. }
                | Self::RenameEnumLabel { .. }
                | Self::RenameEnum { .. }
                | Self::DropEnum { .. }
        )
    }
}

impl TableChange {
    /// Whether it gives a column other values, and not only another type: `USING n * 100`.
    pub fn reckons(&self) -> bool {
        match self {
            Self::SetType {
                column,
                data_type,
                using: Some(using),
                ..
            } => !using::only_converts(using, column, data_type),
            _ => false,
        }
    }
}

impl Commented {
    /// The object that the comment is on, or that holds it.
    pub fn object(&self) -> &ObjectName {
        match self {
            Self::Table(name)
            | Self::Column(name, _)
            | Self::Index(name)
            | Self::View(name)
            | Self::Enum(name) => name,
        }
    }
}
