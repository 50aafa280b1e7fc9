//! Which constraint of a table that was found is which of one that is expected, by what they say.
//!
//! A database that keeps no names to rely on may hold `CHECK (n > 0)`, or have another name for it, where
//! the migrations speak of `CONSTRAINT c`. Later migrations drop or rename `c`, and mean that one.

use super::Comparison;
use crate::schema::{Constraint, Schema, Table};
use crate::shared::List;
use crate::simulate::constraint_columns;

impl Comparison<'_> {
    /// Gives the constraints of `found` the names that those of `told` have which say the same. Nothing
    /// where names are to be relied on.
    pub(crate) fn call(self, told: &Table, found: &mut Table, schema: &Schema) {
        if self.dialect.facts().constraint_names {
            return;
        }
        for (at, name) in self.names(told, found, schema) {
            *found.constraints[at].name_mut() = Some(name);
        }
    }

    /// The places in `found`, with the names that belong there.
    pub(crate) fn names(
        self,
        told: &Table,
        found: &Table,
        schema: &Schema,
    ) -> Vec<(usize, String)> {
        let case = schema.case;
        let is_called = |table: &Table, own: &Constraint| {
            own.name()
                .is_some_and(|name| table.constraint(name, case).is_some())
        };
        let open =
            (0..found.constraints.len()).filter(|at| !is_called(told, &found.constraints[*at]));
        // Those without a name first.
        let (named, mut open): (Vec<usize>, Vec<usize>) =
            open.partition(|at| found.constraints[*at].name().is_some());
        open.extend(named);
        let mut names = Vec::new();
        for own in &told.constraints {
            let Some(name) = own.name().filter(|_| !is_called(found, own)) else {
                continue;
            };
            let same = |at: &usize| self.says(told, own, (found, *at), schema);
            if let Some(place) = open.iter().position(same) {
                names.push((open.remove(place), name.to_owned()));
            }
        }
        names
    }

    /// Whether any constraint says what the one at a place does. Never where names are to be relied on.
    pub(crate) fn has(self, all: &[Constraint], found: &Table, at: usize, schema: &Schema) -> bool {
        !self.dialect.facts().constraint_names
            && all
                .iter()
                .any(|own| self.says(found, own, (found, at), schema))
    }

    /// How many constraints of a table say what one does.
    pub(crate) fn count(self, table: &Table, constraint: &Constraint, schema: &Schema) -> usize {
        let all = 0..table.constraints.len();
        all.filter(|at| self.says(table, constraint, (table, *at), schema))
            .count()
    }

    /// Whether a constraint says what the one at a place in another table does.
    fn says(
        self,
        table: &Table,
        own: &Constraint,
        (other, at): (&Table, usize),
        schema: &Schema,
    ) -> bool {
        let found = &other.constraints[at];
        let columns = (constraint_columns(own), constraint_columns(found));
        let about_the_same = columns.0.len() == columns.1.len()
            && columns.0.iter().all(|name| {
                let mut others = columns.1.iter();
                others.any(|other| schema.case.same(name, other))
            });
        let normal = |table: &Table, own: &Constraint| {
            let alone = Table {
                indexes: List::new(),
                ..super::alone(table, own)
            };
            self.dialect
                .normalise(&alone, schema)
                .constraints
                .into_iter()
                .next()
        };
        std::mem::discriminant(own) == std::mem::discriminant(found)
            && about_the_same
            && (own.repeats(found)
                || matches!(
                    (normal(table, own), normal(other, found)),
                    (Some(a), Some(b)) if a.repeats(&b)
                ))
    }
}
