//! What the migrations would have made up to a place among the pending ones, and the catalog as it reads by that.

use super::{Item, Planner, Standing, types};
use crate::plan::chain::Expected;
use crate::schema::Schema;
use crate::version::Version;

impl Planner<'_> {
    /// What the migrations would have made up to behind a pending one, as far as the model knows.
    pub(crate) fn expected_behind(&self, version: &Version) -> Expected {
        let mut expected = self.applied.clone();
        for candidate in &self.pending {
            let open = |item: &&Item<'_>| item.standing != Standing::Recorded;
            for item in candidate.items.iter().filter(open) {
                for operation in &item.statement.operations {
                    expected.apply(operation);
                }
            }
            if candidate.migration.version == *version {
                break;
            }
        }
        expected
    }

    /// The catalog as it was given, with the types that live in the model alone.
    pub(crate) fn with_types(&self, mut actual: Schema) -> Schema {
        if !self.dialect.facts().enum_types {
            actual.enums.clone_from(&self.applied.schema.enums);
            self.dialect.recognise(&mut actual);
        }
        actual
    }

    /// The catalog as it was given, with the types and names that the migrations say, where it cannot tell
    /// them. So many statements of this migration are done.
    pub(crate) fn told(&self, actual: Schema, version: &Version, done: u32) -> Schema {
        let facts = self.dialect.facts();
        if facts.enum_types && facts.constraint_names {
            return actual;
        }
        let mut told = actual;
        let place = self.place(version);
        let chain = place.map(|place| self.chain_before(place, done));
        let tables = chain.as_ref().map_or(&[][..], |chain| &chain.tables);
        types::learn_names(&mut told, tables, self.dialect);
        // What is there already of later migrations has their types.
        let tables = types::together(tables, &self.chain);
        types::learn(&mut told, &tables, self.dialect);
        told
    }

    /// What the migrations would have made up to behind a statement.
    pub(super) fn chain_before(&self, place: usize, done: u32) -> Schema {
        let mut chain = self.applied.schema.clone();
        for (at, candidate) in self.pending.iter().enumerate().take(place + 1) {
            let items = candidate.items.iter();
            let behind = items.filter(|item| at < place || item.number <= done);
            for operation in behind
                .filter(|item| item.standing != Standing::Recorded)
                .flat_map(|item| item.statement.operations())
            {
                // What does not fit the model is about objects that it does not know.
                let _ = chain.apply(operation);
            }
        }
        chain
    }

    /// Columns that are there may be of a type that has just come into being, or got their labels.
    pub(super) fn recognise(&mut self) {
        if !self.dialect.facts().enum_types {
            self.dialect.recognise(&mut self.schema);
            types::learn(&mut self.schema, &self.chain.tables, self.dialect);
        }
    }

    /// Types that live in the model alone are not in any catalog.
    pub(super) fn look_at(&mut self, actual: &Schema) {
        self.schema = self.with_types(actual.clone());
        self.adopted.clear();
    }
}
