//! The chain of expected schemas: what the migrations would have made, one operation after the other.
//!
//! It answers three questions. Does the database still hold what the applied migrations made (drift)?
//! If changes were made by hand, how far along the pending migrations is it (the prefix)? And did a
//! run leave what was predicted (verification)? All three compare only what the migrations speak of:
//! a table, column or index of somebody else's is nobody's business here.

mod comments;
mod mentioned;
mod objects;
mod prefix;
mod renamed;
mod undo;

use std::collections::HashSet;

use crate::dialect::Dialect;
use crate::diff::{Comparison, Difference, Wordings, missing, unexpected};
use crate::name::ObjectName;
use crate::operation::{Mentions, Operation, TableChange};
use crate::order::sort_by;
use crate::schema::{Definition, Schema, Table};

pub(crate) use objects::{Object, touched};
pub(crate) use prefix::{Words, prefix};
pub(super) use undo::undo;

use super::truth::{same_definition, show_definition};
use mentioned::Mentioned;

/// What migrations leave behind, and which names they speak of.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The schema.
    pub schema: Schema,
    /// Every object that an operation touched.
    pub(crate) touched: HashSet<Object>,
    mentioned: Mentioned,
    /// What is no difference.
    wordings: Wordings,
    /// What got another name since the first operation.
    renamings: Vec<Operation>,
    /// Views of which a column got another name below them: each database writes that down in its own way.
    rewritten: Vec<ObjectName>,
    /// Views that went with a column, if they read it.
    doubtful: Vec<ObjectName>,
}

/// The schema that operations leave behind, over whatever else the database holds.
pub fn expected(operations: &[&Operation], actual: &Schema) -> Expected {
    let mut expected = Expected::base(operations.iter().copied(), actual);
    for operation in operations {
        expected.apply(operation);
    }
    expected
}

impl Expected {
    /// What the database would hold if none of the operations had been done.
    pub(crate) fn base<'a>(
        operations: impl DoubleEndedIterator<Item = &'a Operation>,
        actual: &Schema,
    ) -> Self {
        let mut schema = actual.clone();
        let mut anything_may_follow = false;
        for operation in operations.rev() {
            if anything_may_follow {
                undo::take_place_back(&mut schema, operation);
            }
            undo(&mut schema, operation);
            anything_may_follow |= operation.has_unknown_effect();
        }
        Self::at(schema)
    }

    /// A schema as it is, with nothing touched yet.
    pub(crate) fn at(schema: Schema) -> Self {
        Self {
            schema,
            touched: HashSet::new(),
            mentioned: Mentioned::default(),
            wordings: Wordings::default(),
            renamings: Vec::new(),
            rewritten: Vec::new(),
            doubtful: Vec::new(),
        }
    }

    /// With differences that are known to be of words alone.
    pub(crate) fn knowing(mut self, wordings: Wordings) -> Self {
        self.wordings = wordings;
        self
    }

    /// Does the next operation, as far as it fits the model.
    pub(crate) fn apply(&mut self, operation: &Operation) {
        let objects = touched(operation, &self.schema);
        self.note_views(operation);
        // What does not fit was about objects that the model does not know.
        if self.schema.apply(operation).is_err() {
            undo::drop_what_needs(&mut self.schema, operation);
        } else if renamed::is_renaming(operation) {
            self.renamings.push(operation.clone());
        }
        for object in &objects {
            if let Object::Table(name) = object
                && let Some(table) = self.schema.shared_table(name)
            {
                if matches!(operation, Operation::CreateTable { .. }) {
                    self.mentioned.made.push(table.clone());
                    continue;
                }
                // Of a table that was touched all other names are known.
                match added(operation).filter(|_| self.touched.contains(object)) {
                    Some(name) => self.mentioned.add_name(name),
                    None => self.mentioned.add(table),
                }
            }
        }
        self.touched.extend(objects);
    }

    /// Remembers the views of which only the database knows what becomes of them.
    fn note_views(&mut self, operation: &Operation) {
        let (table, change) = match operation {
            Operation::AlterTable { table, change, .. } => (table, change),
            Operation::RenameTable {
                mentions: Mentions::Stay,
                ..
            } => return,
            Operation::RenameTable { from, .. } => {
                // The others are renamed in the model, too.
                let carried = |view: &ObjectName| {
                    let found = self.schema.view(view);
                    found.is_some_and(|own| matches!(own.query, Definition::Verbatim { .. }))
                };
                let views = readers(from, &self.schema);
                self.rewritten.extend(views.into_iter().filter(carried));
                return;
            }
            _ => return,
        };
        match change {
            TableChange::RenameColumn { .. } => {
                self.rewritten.extend(readers(table, &self.schema));
            }
            TableChange::DropColumn { cascade: true, .. } => {
                self.doubtful.extend(readers(table, &self.schema));
            }
            _ => {}
        }
    }

    /// In what the database differs, over all objects that were touched.
    pub fn differences(&self, actual: &Schema, dialect: &dyn Dialect) -> Vec<Difference> {
        let mut objects: Vec<&Object> = self.touched.iter().collect();
        sort_by(&mut objects, Ord::cmp);
        objects
            .into_iter()
            .flat_map(|object| self.difference(object, actual, dialect))
            .collect()
    }

    /// In what the database differs in one object.
    pub(crate) fn difference(
        &self,
        object: &Object,
        actual: &Schema,
        dialect: &dyn Dialect,
    ) -> Vec<Difference> {
        let found = self.compared(object, actual, dialect);
        self.unknown(found, object, actual, dialect)
    }

    /// The differences of one object without those that are known to be none.
    fn unknown(
        &self,
        found: Vec<Difference>,
        object: &Object,
        actual: &Schema,
        dialect: &dyn Dialect,
    ) -> Vec<Difference> {
        let mut left = self.wordings.leave_out(found);
        if !left.is_empty() && !self.renamings.is_empty() && !self.wordings.is_empty() {
            let earlier = renamed::earlier(self, object, actual, dialect);
            let known = |one: &Difference| {
                let mut pairs = earlier.iter();
                pairs.any(|(today, then)| today == one && self.wordings.has(then))
            };
            left.retain(|one| !known(one));
        }
        left
    }

    /// What these differences were before something in them got another name.
    pub(crate) fn under_earlier_names(
        &self,
        differences: &[Difference],
        actual: &Schema,
        dialect: &dyn Dialect,
    ) -> Vec<Difference> {
        if differences.is_empty() || self.renamings.is_empty() {
            return Vec::new();
        }
        let objects = self.touched.iter();
        let pairs = objects.flat_map(|one| renamed::earlier(self, one, actual, dialect));
        pairs
            .filter(|(today, _)| differences.contains(today))
            .map(|(_, then)| then)
            .collect()
    }

    /// The differences of words in the views below which something has another name in `later`, which is undone
    /// again: what a database writes then, it may never have shown.
    pub(crate) fn reworded(
        &self,
        later: &Self,
        actual: &Schema,
        dialect: &dyn Dialect,
    ) -> Vec<Difference> {
        let views = later.rewritten.iter().cloned().map(Object::View);
        let views = views.filter(|view| self.touched.contains(view));
        let differences = views.flat_map(|view| self.difference(&view, actual, dialect));
        differences.filter(Difference::is_of_words).collect()
    }

    /// Whether a difference is known to be none, whatever object it is of.
    pub(crate) fn knows(&self, difference: &Difference) -> bool {
        self.wordings.has(difference)
    }

    /// The differences, over all objects that were touched, that are known to be none.
    pub(crate) fn known(&self, actual: &Schema, dialect: &dyn Dialect) -> Vec<Difference> {
        if self.wordings.is_empty() {
            return Vec::new();
        }
        let of = |object: &Object| {
            let mut found = self.compared(object, actual, dialect);
            let left = self.unknown(found.clone(), object, actual, dialect);
            found.retain(|one| !left.contains(one));
            found
        };
        self.touched.iter().flat_map(of).collect()
    }

    /// Whether any of these objects differs in another schema.
    fn is_other_in(&self, objects: &[Object], actual: &Schema, dialect: &dyn Dialect) -> bool {
        let mut all = objects.iter();
        all.any(|object| !self.difference(object, actual, dialect).is_empty())
    }

    fn compared(&self, object: &Object, actual: &Schema, dialect: &dyn Dialect) -> Vec<Difference> {
        match object {
            Object::Table(name) => match (self.schema.table(name), actual.table(name)) {
                (Some(expected), Some(found)) => {
                    let comparison = Comparison::new(dialect);
                    if comparison.is_evident(expected, found) {
                        return Vec::new();
                    }
                    let mut called = found.clone();
                    comparison.call(expected, &mut called, &self.schema);
                    let known = self.known_part(expected, called, comparison);
                    let mut all = comparison.tables(expected, &known, &self.schema);
                    if dialect.facts().comments {
                        all.extend(comments::missing(expected, found, self.schema.case));
                    }
                    all
                }
                (expected, found) => existence(expected.is_some(), found.is_some(), object),
            },
            Object::Enum(_) if !dialect.facts().enum_types => Vec::new(),
            Object::Enum(name) => match (self.schema.enum_type(name), actual.enum_type(name)) {
                (Some(expected), Some(found)) if expected.labels != found.labels => {
                    vec![Difference {
                        object: object.to_string(),
                        aspect: "labels".to_owned(),
                        expected: expected.labels.join(", "),
                        found: found.labels.join(", "),
                    }]
                }
                (expected, found) => existence(expected.is_some(), found.is_some(), object),
            },
            Object::View(name) if self.doubtful.contains(name) => Vec::new(),
            Object::View(name) => match (self.schema.view(name), actual.view(name)) {
                (Some(expected), Some(found))
                    if !self.rewritten.contains(name)
                        && !same_definition(
                            dialect,
                            &expected.query,
                            &found.query,
                            &self.schema,
                        ) =>
                {
                    vec![Difference {
                        object: object.to_string(),
                        aspect: "query".to_owned(),
                        expected: show_definition(dialect, &expected.query),
                        found: show_definition(dialect, &found.query),
                    }]
                }
                (expected, found) => existence(expected.is_some(), found.is_some(), object),
            },
            Object::Trigger(name, table) => existence(
                self.schema.trigger(name, table).is_some(),
                actual.trigger(name, table).is_some(),
                object,
            ),
        }
    }

    /// The table without what no migration speaks of.
    fn known_part(&self, expected: &Table, mut found: Table, comparison: Comparison<'_>) -> Table {
        let case = self.schema.case;
        found.columns.retain(|own| {
            expected.column(&own.name, case).is_some() || self.mentioned.has(&own.name)
        });
        let is_known = |at: usize| match found.constraints[at].name() {
            Some(name) => {
                expected.constraint(name, case).is_some()
                    || self.mentioned.has(name)
                    || self
                        .mentioned
                        .has_like(&found, at, comparison, &self.schema)
            }
            None => true,
        };
        let known: Vec<bool> = (0..found.constraints.len()).map(is_known).collect();
        let mut known = known.into_iter();
        found
            .constraints
            .retain(|_| known.next().unwrap_or_default());
        found.indexes.retain(|own| {
            expected
                .indexes
                .iter()
                .any(|other| case.same(&other.name, &own.name))
                || self.mentioned.has(&own.name)
        });
        found
    }
}

/// The one name that an operation adds to a table, if it does no more to it.
fn added(operation: &Operation) -> Option<&str> {
    match operation {
        Operation::CreateIndex { index, .. } => Some(&index.name),
        Operation::AlterTable {
            change:
                TableChange::AddColumn {
                    column,
                    constraints,
                    ..
                },
            ..
        } if constraints.is_empty() => Some(&column.name),
        _ => None,
    }
}

/// The views that read a table, those that read such a view included.
fn readers(table: &ObjectName, schema: &Schema) -> Vec<ObjectName> {
    let mut read = vec![table.clone()];
    let mut at = 0;
    while let Some(below) = read.get(at).cloned() {
        let above = schema.views.iter().filter(|view| match &view.query {
            Definition::Query(query) => {
                let mut tables = query.tables().into_iter();
                tables.any(|name| schema.same_object(&name, &below))
            }
            Definition::Verbatim { .. } => true,
        });
        let above: Vec<ObjectName> = above.map(|view| view.name.clone()).collect();
        for view in above {
            if !read.contains(&view) {
                read.push(view);
            }
        }
        at += 1;
    }
    read.split_off(1)
}

fn existence(expected: bool, found: bool, object: &Object) -> Vec<Difference> {
    match (expected, found) {
        (true, false) => vec![missing(&object.to_string())],
        (false, true) => vec![unexpected(&object.to_string())],
        _ => Vec::new(),
    }
}
