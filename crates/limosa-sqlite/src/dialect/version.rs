//! What the library that is linked can do.

/// `ALTER TABLE ... DROP COLUMN`, release notes of 3.35.0.
pub(super) const DROP_COLUMN: i32 = 3_035_000;

/// Whether the linked library is at least of this version.
pub(super) fn has(since: i32) -> bool {
    rusqlite::version_number() >= since
}
