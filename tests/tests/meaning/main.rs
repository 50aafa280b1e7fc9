//! One migration file, two databases: the same values, the same rows, or a refusal that says why.

mod both;
mod loss;
mod random;
mod refused;
mod rows;
mod standing;
mod types;
mod values;
