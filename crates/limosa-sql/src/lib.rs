//! SQL text to Limosa's operations: splitter, readers, migration directory layouts.
