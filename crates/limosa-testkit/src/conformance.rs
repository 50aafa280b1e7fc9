//! The conformance suite: what any driver must do, whoever wrote it.
//!
//! A driver implements [`Setup`] in its own tests and calls [`conformance_tests!`](crate::conformance_tests),
//! which makes each case a test of its own. What a database cannot do it says by `Unsupported`; a case
//! accepts that wherever the contracts in `limosa_core` do, and nowhere else.

pub mod cases;
mod compare;
mod samples;
mod walk;

use async_trait::async_trait;
use limosa_core::migrator::Migrator;

pub use compare::differences;
pub use samples::Sample;
pub use walk::{Outcome, Walk};

/// How the suite reaches a database. One value stands for one database, empty at first.
#[async_trait]
pub trait Setup: Send + Sync {
    /// A new session with the database. Several may be alive at once.
    async fn session(&self) -> Box<dyn Migrator>;
}

/// Makes every case of the suite a `#[tokio::test]`.
///
/// The argument is an expression of a type that implements [`Setup`](crate::conformance::Setup); it is
/// evaluated in each test, may `.await`, and must give an empty database each time. The caller needs
/// `tokio` with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! conformance_tests {
    ($setup:expr) => {
        $crate::conformance_tests!(@each $setup;
            dialect: facts_are_consistent, hostile_identifiers_are_quoted, types_read_back,
                normalising_is_idempotent, compiling_is_deterministic;
            inspection: an_empty_database_is_empty, own_changes_are_seen_before_they_are_committed,
                a_commit_reaches_other_sessions, an_open_transaction_ends_with_its_session,
                the_server_says_what_it_is, an_index_is_explained;
            journal: there_is_none_at_first, reading_writes_nothing, rows_read_back_equal, an_empty_role_means_the_sessions_own,
                many_rows_read_back, rows_are_replaced_and_keep_their_text, wordings_are_added,
                rows_are_forgotten,
                making_it_twice_is_no_error, it_is_not_inspected, rows_go_with_their_transaction;
            commands: a_failure_tells_what_was_done, a_failure_leaves_the_transaction_open,
                savepoints_undo_and_keep, rolling_back_without_a_transaction_succeeds,
                the_clock_is_monotonic, clock_readings_come_in_order, a_lock_wait_is_limited,
                a_query_gives_text_and_nulls;
            lock: it_excludes_other_sessions, it_ends_with_its_session,
                giving_back_without_holding_succeeds;
            tables: create_table, create_table_with_every_type, create_table_with_defaults,
                create_table_with_keys_and_checks, create_table_with_foreign_keys,
                create_table_with_hostile_names, drop_table, rename_table;
            columns: add_column, drop_column, rename_column, set_type, set_nullable, set_default;
            constraints: add_constraints, drop_constraint, rename_constraint, validate_constraint;
            indexes: create_indexes, drop_index, rename_index;
            objects: enums, views, comments;
            rows: insert_update_delete, hostile_text_is_kept;
        );
    };
    (@each $setup:expr; $($group:ident: $($case:ident),+;)+) => {
        $(mod $group {
            #[allow(unused_imports, reason = "the setup may need none of them")]
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $case() {
                    let setup = $setup;
                    $crate::conformance::cases::$group::$case(&setup).await;
                }
            )+
        })+
    };
}
