//! What `ALTER TABLE` cannot do: a new copy of the table takes the old one's place.
//!
//! The documented way ("ALTER TABLE", section 7): create the new table, copy the rows, drop the old
//! one, rename the new one. From two models, before and after, whatever the operations in between;
//! what does not change keeps its words. Why it loses nothing: `docs/decisions/rebuild.md`.

mod clause;
mod copy;
mod guard;
mod hand;
mod keep;
mod origin;
mod same;
mod words;

use std::borrow::Cow;

use limosa_core::dialect::{Basis, Compiled, Transaction, Unsupported};
use limosa_core::name::ObjectName;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Action, Column, Constraint, ForeignKey, Schema, Table, View};

use super::{
    column, index, names, native, quoted, readers, referred, retyped, typed, types, unsupported,
    view,
};
use origin::{Origin, Origins};

pub(super) use hand::by_hand;

/// One table before and after, and where the values of the new columns come from.
struct Change<'a> {
    before: &'a Table,
    after: &'a Table,
    /// All there is before, and after.
    schema: &'a Schema,
    result: &'a Schema,
    origins: Origins,
    /// The new table's name until it takes the old one's.
    name: String,
}

/// What is to be done for operations: those that join at once, the others one by one.
pub(super) fn compile_all(
    operations: &[&Operation],
    before: &Schema,
) -> Result<Compiled, Unsupported> {
    let mut schema = Cow::Borrowed(before);
    let mut all = Compiled::default();
    let mut rest = operations;
    while !rest.is_empty() {
        let pairs = rest.windows(2);
        // Of one statement all expressions read the rows as they were.
        let joined = 1 + pairs
            .take_while(|pair| alters_the_same(pair[0], pair[1]))
            .count();
        let (now, later) = rest.split_at(joined);
        rest = later;
        append(&mut all, at_once(now, &schema)?);
        if !rest.is_empty() {
            schema = Cow::Owned(applied(now, &schema)?);
        }
    }
    Ok(all)
}

fn append(all: &mut Compiled, next: Compiled) {
    all.statements.extend(next.statements);
    // What is asked is asked before the first statement: of tables that it finds as they are.
    let asked = |what: &str| all.keeps.iter().any(|keep| keep.what == what);
    if !next.keeps.iter().any(|keep| asked(&keep.what)) {
        all.guards.extend(next.guards);
        all.keeps.extend(next.keeps);
    }
    if next.basis == Basis::Catalog {
        all.basis = next.basis;
        all.transaction = next.transaction;
    }
}

fn applied(operations: &[&Operation], before: &Schema) -> Result<Schema, Unsupported> {
    let mut schema = before.clone();
    for &operation in operations {
        let done = schema.apply(operation);
        done.map_err(|misfit| unsupported("do this", misfit.to_string()))?;
    }
    Ok(schema)
}

/// Whether one copy of the table does for both: the second one needs no values that the first one leaves.
pub(super) fn joins(first: &Operation, second: &Operation) -> bool {
    let needs_values = |change: &TableChange| {
        change.reckons()
            || matches!(
                change,
                TableChange::SetGenerated {
                    generated: None,
                    ..
                }
            )
    };
    let waits = matches!(second, Operation::AlterTable { change, .. } if needs_values(change));
    alters_the_same(first, second) && !waits
}

fn alters_the_same(first: &Operation, second: &Operation) -> bool {
    match (altered(first), altered(second)) {
        (Some(a), Some(b)) => names::same(a, b),
        _ => false,
    }
}

/// The table that an operation changes, if a copy of it can take the change in. A renaming is left to
/// the database, which finds the name wherever it is.
fn altered(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::AlterTable {
            change: TableChange::RenameColumn { .. },
            ..
        } => None,
        Operation::AlterTable { table, .. } | Operation::CreateIndex { table, .. } => Some(table),
        _ => None,
    }
}

/// Natively, if that is possible for each.
fn at_once(operations: &[&Operation], before: &Schema) -> Result<Compiled, Unsupported> {
    retyped::refuse_senseless(operations, before)?;
    let mut schema = Cow::Borrowed(before);
    let mut statements = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        let Some(own) = native(operation, &schema)? else {
            return rebuilt(operations, before);
        };
        statements.extend(own);
        if at + 1 < operations.len() {
            schema = Cow::Owned(applied(&[operation], &schema)?);
        }
    }
    Ok(Compiled::from(statements))
}

/// With a new copy of every table that differs afterwards.
fn rebuilt(operations: &[&Operation], before: &Schema) -> Result<Compiled, Unsupported> {
    let after = applied(operations, before)?;
    let mut all = Compiled {
        transaction: Transaction::WithoutForeignKeys,
        basis: Basis::Catalog,
        ..Compiled::default()
    };
    let said = retyped::said(operations);
    for table in &before.tables {
        let Some(result) = names::table(&after, &table.name) else {
            continue;
        };
        let origins = Origins::of(table, operations)?;
        let result = &typed::changed(table, result, &said)?;
        if same::table(table, before, result, &after) && !origins.reckon() {
            // Its changes come to nothing, but for new indexes.
            for operation in operations {
                let own = matches!(operation, Operation::CreateIndex { table: of, .. } if names::same(of, &table.name));
                if own && let Some(create) = native(operation, before)? {
                    all.statements.extend(create);
                }
            }
            continue;
        }
        let change = Change {
            before: table,
            after: result,
            schema: before,
            result: &after,
            origins,
            name: free_name(table, before),
        };
        change.compile(operations, &mut all)?;
    }
    for &operation in operations {
        if let Operation::DropTable { name, cascade, .. } = operation {
            all.statements
                .extend(view::drop_readers(name, *cascade, before)?);
            all.statements
                .push(format!("DROP TABLE {}", names::object(name)?));
        }
    }
    Ok(all)
}

/// A name for the new table that nothing has.
fn free_name(table: &Table, schema: &Schema) -> String {
    let taken = |name: &str| {
        let name = ObjectName::new(name);
        names::table(schema, &name).is_some() || schema.view(&name).is_some()
    };
    let first = format!("limosa_new_{}", table.name.name);
    let mut name = first.clone();
    let mut number = 2;
    while taken(&name) {
        name = format!("{first}_{number}");
        number += 1;
    }
    name
}

impl Change<'_> {
    fn compile(&self, operations: &[&Operation], all: &mut Compiled) -> Result<(), Unsupported> {
        self.refuse_lost_readers(operations)?;
        self.refuse_lost_key()?;
        referred::refuse_loss((self.before, self.schema), (self.after, self.result))?;
        let old = names::object(&self.before.name)?;
        let new = quoted(&self.name);
        let create = words::create(self)?;
        all.guards.extend(guard::all(self)?);
        all.keeps.extend(keep::all(self)?);
        let statements = &mut all.statements;
        for view in self.dropped_views(operations) {
            statements.push(format!("DROP VIEW {}", names::object(&view.name)?));
        }
        // Foreign keys, views and triggers of others go on saying the old name, which is the new
        // table's in the end.
        statements.push("PRAGMA legacy_alter_table = ON".to_owned());
        statements.push(create);
        statements.push(copy::rows(self)?);
        statements.extend(copy::high_water_mark(self));
        statements.push(format!("DROP TABLE {old}"));
        statements.push(format!("ALTER TABLE {new} RENAME TO {old}"));
        statements.push("PRAGMA legacy_alter_table = OFF".to_owned());
        for index in &self.after.indexes {
            match index.written.text() {
                Some(text) => statements.push(text.to_owned()),
                None => statements.extend(index::said(&self.after.name, index)?),
            }
        }
        let triggers = self.schema.triggers.iter();
        let own = triggers.filter(|trigger| names::same(&trigger.table, &self.before.name));
        statements.extend(own.map(|trigger| trigger.text.clone()));
        Ok(())
    }

    /// A trigger or a view that reads a column goes nowhere by itself.
    fn refuse_lost_readers(&self, operations: &[&Operation]) -> Result<(), Unsupported> {
        for (name, cascade) in self.dropped(operations) {
            let refuse = |what: String| Err(unsupported(format!("drop the column {name}"), what));
            let first = "drop that first, and create it again as it should be";
            if let Some(trigger) = readers::trigger(self.before, name, self.schema) {
                return refuse(format!("the trigger {} reads it; {first}", trigger.name));
            }
            let mut views = readers::views(self.before, name, self.schema);
            if let (Some(view), false) = (views.next(), cascade) {
                return refuse(format!("the view {} reads it; {first}", view.name));
            }
            let generated = self.after.columns.iter().find(|column| {
                let how = column.generated.as_ref();
                how.is_some_and(|how| names::contains(&how.expr.columns(), name))
            });
            let again = names::column(self.after, name).is_some();
            if let (Some(column), false) = (generated, again) {
                return refuse(format!("{} is generated from it", column.name));
            }
        }
        Ok(())
    }

    fn dropped<'o>(&self, operations: &'o [&'o Operation]) -> Vec<(&'o str, bool)> {
        let own = operations.iter().filter_map(|operation| match *operation {
            Operation::AlterTable {
                table,
                change: TableChange::DropColumn { name, cascade, .. },
                ..
            } if names::same(table, &self.before.name) => Some((name.as_str(), *cascade)),
            _ => None,
        });
        own.filter(|(name, _)| names::column(self.before, name).is_some())
            .collect()
    }

    fn dropped_views(&self, operations: &[&Operation]) -> Vec<&View> {
        let dropped = self.dropped(operations);
        let mut views: Vec<&View> = Vec::new();
        for (name, _) in dropped {
            for view in readers::views(self.before, name, self.schema) {
                if !views.iter().any(|own| own.name == view.name) {
                    views.push(view);
                }
            }
        }
        views
    }

    /// Whether a column was there before, generated from the same expression over the same values.
    fn is_generated_alike(&self, column: &Column) -> bool {
        let before =
            names::column(self.before, &column.name).and_then(|old| old.generated.as_ref());
        match (before, &column.generated) {
            (Some(old), Some(new)) if old == new => {
                let mut sources = new.expr.columns().into_iter();
                sources.all(|source| self.is_read_alike(&source))
            }
            _ => false,
        }
    }

    /// Whether a column, which goes on from this one, holds its values in another way.
    fn is_retyped(&self, old: &str, column: &Column) -> bool {
        names::column(self.before, old)
            .is_some_and(|old| types::held(&old.data_type) != types::held(&column.data_type))
    }

    fn are_read_alike(&self, names: &[String]) -> bool {
        names.iter().all(|name| self.is_read_alike(name))
    }

    /// Whether an expression that reads a column finds there what it found before.
    fn is_read_alike(&self, name: &str) -> bool {
        let (Some(old), Some(new)) = (
            names::column(self.before, name),
            names::column(self.after, name),
        ) else {
            return false;
        };
        let holds_the_same = !self.is_retyped(name, new) && old.collation == new.collation;
        holds_the_same
            && match self.origins.get(name) {
                Origin::Column(source) => source.eq_ignore_ascii_case(name),
                Origin::Nothing => self.is_generated_alike(new),
                Origin::Reckoned(_) | Origin::Added(_) => false,
            }
    }

    fn refuse_lost_key(&self) -> Result<(), Unsupported> {
        if self.after.storage.without_rowid && self.after.primary_key().is_empty() {
            return Err(unsupported(
                format!("drop the primary key of {}", self.before.name),
                "a table WITHOUT ROWID must have one",
            ));
        }
        for own in &self.after.columns {
            if own.identity.is_some() {
                column::numbered(own, self.after)?;
            }
            if own.generated.is_some() {
                self.refuse_given(own)?;
            }
        }
        Ok(())
    }

    /// A generated column has no value of its own ("Generated Columns", section 2.3).
    fn refuse_given(&self, own: &Column) -> Result<(), Unsupported> {
        let refuse = |what: String| Err(unsupported(what, "it is a generated column"));
        if own.default.is_some() {
            return refuse(format!("set a default of {}", own.name));
        }
        if matches!(self.origins.get(&own.name), Origin::Reckoned(_)) {
            return refuse(format!("reckon the values of {} with USING", own.name));
        }
        if names::contains(self.after.primary_key(), &own.name) {
            return refuse(format!("make {} part of the primary key", own.name));
        }
        let writes = |key: &ForeignKey| {
            matches!(key.on_delete, Action::SetNull | Action::SetDefault)
                || !matches!(key.on_update, Action::NoAction | Action::Restrict)
        };
        let mut constraints = self.after.constraints.iter();
        let is_written = constraints.any(|constraint| {
            matches!(constraint, Constraint::ForeignKey(key)
                if names::contains(&key.columns, &own.name) && writes(key))
        });
        if is_written {
            return refuse(format!("let a foreign key change {}", own.name));
        }
        Ok(())
    }
}
