//! Database migrations: written once, planned for each database, proven, safe to kill.
