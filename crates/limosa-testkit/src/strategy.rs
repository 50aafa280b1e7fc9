//! Random sequences of operations that are valid by construction.
//!
//! Every operation fits the schema that those before it lead to, rows included: foreign keys, checks and
//! unique keys hold. A strategy draws dice, not operations, and a builder reads them against the model,
//! so that a failing sequence shrinks operation by operation and stays valid.

mod alter;
mod builder;
mod column;
mod create;
mod dice;
mod names;
mod remove;
mod rows;

use limosa_core::operation::Operation;
use limosa_core::schema::Schema;
use proptest::collection::{SizeRange, vec};
use proptest::strategy::Strategy;

use builder::Builder;
use dice::Dice;

pub use names::{identifiers, texts};

/// What the operations may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// What `PostgreSQL` and `SQLite` both do, with one meaning.
    Both,
    /// What `PostgreSQL` does.
    Postgres,
}

/// Operations from an empty database on; about as many as `length` says.
///
/// With [`Reach::Both`] names differ even without regard to case.
pub fn operations(
    reach: Reach,
    length: impl Into<SizeRange>,
) -> impl Strategy<Value = Vec<Operation>> {
    let draw = proptest::array::uniform12(0_u16..1024);
    vec(draw, length).prop_map(move |draws| {
        let mut builder = Builder::new(reach);
        for draw in draws {
            builder.step(&mut Dice::new(draw));
        }
        builder.operations
    })
}

/// Schemas: what the model predicts for [`operations`].
pub fn schemas(reach: Reach, length: impl Into<SizeRange>) -> impl Strategy<Value = Schema> {
    operations(reach, length).prop_map(|operations| predicted(&operations))
}

/// What the model predicts for operations on an empty database.
///
/// # Panics
/// They do not fit each other.
pub fn predicted(operations: &[Operation]) -> Schema {
    let mut schema = Schema::default();
    for operation in operations {
        if let Err(misfit) = schema.apply(operation) {
            panic!("{misfit}: {operation:?}");
        }
    }
    schema
}
