//! Throw-away servers, strategies, the conformance suite and fault injection for Limosa and its drivers.
