//! What goes.

use super::Misfit;
use super::create::tolerate;
use crate::expr::Expr;
use crate::name::ObjectName;
use crate::operation::Operation;
use crate::schema::{Constraint, Definition, Index, IndexKey, References, Schema};

pub(super) fn apply(schema: &mut Schema, operation: &Operation) -> Result<(), Misfit> {
    match operation {
        Operation::DropTable {
            name,
            if_exists,
            cascade,
        } => {
            if schema.has_other_table(name) {
                let keep = schema.all_but(name, schema.other_tables.iter());
                retain(&mut schema.other_tables, &keep);
                return Ok(());
            }
            if schema.table(name).is_none() {
                return tolerate(*if_exists, || Misfit::missing("table", name));
            }
            drop_table(schema, name, *cascade)
        }
        Operation::DropIndex {
            name,
            if_exists,
            cascade,
            ..
        } => {
            let Some((table, index)) = schema.index(name) else {
                return tolerate(*if_exists, || Misfit::missing("index", name));
            };
            let key = unique_columns(index).filter(|_| *cascade);
            let table = table.name.clone();
            schema.remove_index(name);
            if let Some(columns) = key {
                drop_references_to(schema, &table, &columns);
            }
            Ok(())
        }
        Operation::DropEnum {
            name, if_exists, ..
        } => {
            if schema.enum_type(name).is_none() {
                return tolerate(*if_exists, || Misfit::missing("type", name));
            }
            let keep = schema.all_but(name, schema.enums.iter().map(|found| &found.name));
            retain(&mut schema.enums, &keep);
            Ok(())
        }
        Operation::DropView {
            name,
            if_exists,
            cascade,
            ..
        } => {
            if schema.view(name).is_none() {
                return tolerate(*if_exists, || Misfit::missing("view", name));
            }
            let keep = schema.all_but(name, schema.views.iter().map(|found| &found.name));
            retain(&mut schema.views, &keep);
            if *cascade {
                schema.remove_readers(name);
            }
            Ok(())
        }
        Operation::DropTrigger {
            name,
            table,
            if_exists,
        } => {
            if !schema.remove_trigger(name, table.as_ref()) {
                return tolerate(*if_exists, || Misfit::missing("trigger", name));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn drop_table(schema: &mut Schema, name: &ObjectName, cascade: bool) -> Result<(), Misfit> {
    let refers = |schema: &Schema, constraint: &Constraint| match constraint {
        Constraint::ForeignKey(key) => schema.same_object(&key.table, name),
        _ => false,
    };
    let snapshot = schema.clone();
    let referring = snapshot.tables.iter().find(|table| {
        !snapshot.same_object(&table.name, name)
            && table
                .constraints
                .iter()
                .any(|constraint| refers(&snapshot, constraint))
    });
    let held = schema.references == References::Held && !cascade;
    if let (Some(table), true) = (referring, held) {
        return Err(Misfit(format!("table {} refers to {name}", table.name)));
    }
    schema
        .tables
        .retain(|table| !snapshot.same_object(&table.name, name));
    schema
        .triggers
        .retain(|trigger| !snapshot.same_object(&trigger.table, name));
    if cascade {
        schema.remove_readers(name);
        for table in &mut schema.tables {
            table
                .constraints
                .retain(|constraint| !refers(&snapshot, constraint));
        }
    }
    Ok(())
}

/// The columns by which rows of others can refer to a row, if a unique index lets them.
fn unique_columns(index: &Index) -> Option<Vec<String>> {
    let column = |key: &IndexKey| match &key.expr {
        Expr::Column(path) => path.last().cloned(),
        _ => None,
    };
    let is_key = index.unique && index.predicate.is_none();
    is_key.then(|| index.keys.iter().map(column).collect())?
}

/// Foreign keys go with the only index that made them possible.
fn drop_references_to(schema: &mut Schema, name: &ObjectName, columns: &[String]) {
    let names = schema.without_objects();
    let same = |own: &[String]| {
        let is_one = |own: &String| columns.iter().any(|name| names.case.same(own, name));
        own.len() == columns.len() && own.iter().all(is_one)
    };
    let has_another = schema.table(name).is_some_and(|table| {
        let mut keys = table.constraints.iter();
        let mut indexes = table.indexes.iter();
        keys.any(|own| match own {
            Constraint::PrimaryKey(key) | Constraint::Unique(key) => same(&key.columns),
            _ => false,
        }) || indexes.any(|own| unique_columns(own).is_some_and(|own| same(&own)))
    });
    if has_another {
        return;
    }
    for table in &mut schema.tables {
        table.constraints.retain(|own| match own {
            Constraint::ForeignKey(key) => {
                !(names.same_object(&key.table, name) && same(&key.references))
            }
            _ => true,
        });
    }
}

fn retain<T>(items: &mut Vec<T>, keep: &[bool]) {
    let mut keep = keep.iter();
    items.retain(|_| *keep.next().unwrap_or(&true));
}

impl Schema {
    /// Removes the views that read a table or view, and those that read them.
    fn remove_readers(&mut self, name: &ObjectName) {
        let reads = |query: &Definition| match query {
            Definition::Query(query) => query
                .tables()
                .iter()
                .any(|table| self.same_object(table, name)),
            Definition::Verbatim { .. } => false,
        };
        let readers: Vec<ObjectName> = self
            .views
            .iter()
            .filter(|view| reads(&view.query))
            .map(|view| view.name.clone())
            .collect();
        for reader in readers {
            let keep = self.all_but(&reader, self.views.iter().map(|found| &found.name));
            retain(&mut self.views, &keep);
            self.remove_readers(&reader);
        }
    }

    /// For each name whether it is another one than `name`.
    fn all_but<'a>(
        &self,
        name: &ObjectName,
        names: impl Iterator<Item = &'a ObjectName>,
    ) -> Vec<bool> {
        names.map(|other| !self.same_object(other, name)).collect()
    }

    pub(crate) fn remove_index(&mut self, name: &ObjectName) {
        let Some((table, index)) = self.index(name) else {
            return;
        };
        let (table, index) = (table.name.clone(), index.name.clone());
        if let Some(table) = self.table_mut(&table) {
            table.indexes.retain(|own| own.name != index);
        }
    }

    /// Removes a trigger and says whether it was there.
    pub(crate) fn remove_trigger(&mut self, name: &str, table: Option<&ObjectName>) -> bool {
        let is_it = |schema: &Self, trigger: &crate::schema::Trigger| {
            schema.case.same(&trigger.name, name)
                && table.is_none_or(|table| schema.same_object(&trigger.table, table))
        };
        let at = self
            .triggers
            .iter()
            .position(|trigger| is_it(self, trigger));
        at.map(|at| self.triggers.remove(at)).is_some()
    }
}
