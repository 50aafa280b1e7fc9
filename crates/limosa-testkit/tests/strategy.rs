//! The strategies: valid by construction, and of some variety.

use std::collections::BTreeMap;

use limosa_core::operation::Operation;
use limosa_testkit::strategy::{Reach, identifiers, operations, predicted};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// The name of an operation's kind, and of the change within `AlterTable`.
fn kind(operation: &Operation) -> String {
    let text = match operation {
        Operation::AlterTable { change, .. } => format!("{change:?}"),
        other => format!("{other:?}"),
    };
    text.split([' ', '(']).next().unwrap_or_default().to_owned()
}

#[track_caller]
fn check(reach: Reach, expected_kinds: usize) {
    let mut runner = TestRunner::deterministic();
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..200 {
        let drawn = operations(reach, 20)
            .new_tree(&mut runner)
            .unwrap()
            .current();
        for one in &drawn {
            *kinds.entry(kind(one)).or_default() += 1;
        }
    }
    assert!(kinds.len() >= expected_kinds, "{kinds:#?}");
}

#[test]
fn both_have_variety() {
    check(Reach::Both, 22);
}

#[test]
fn postgres_has_more() {
    check(Reach::Postgres, 24);
}

proptest! {
    #[test]
    fn every_prefix_fits(operations in operations(Reach::Postgres, 0..40)) {
        for end in 0..=operations.len() {
            predicted(&operations[..end]);
        }
    }

    #[test]
    fn both_fits_without_regard_to_case(operations in operations(Reach::Both, 0..40)) {
        let mut schema = limosa_core::schema::Schema::empty(limosa_core::name::Case::Insensitive, None);
        for operation in &operations {
            prop_assert_eq!(schema.apply(operation), Ok(()));
        }
    }

    #[test]
    fn identifiers_are_short_enough_for_postgres(name in identifiers()) {
        prop_assert!(name.len() <= 63 && !name.is_empty());
    }
}
