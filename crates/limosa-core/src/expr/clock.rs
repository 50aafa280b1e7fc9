//! What the clock says, as it stands, as the default of a column of another type.
//!
//! `d DATE DEFAULT CURRENT_TIMESTAMP` gives a day on `PostgreSQL`, which converts what a column is given.
//! `SQLite` keeps the text with its time of day. In `SQLite`'s own words it is held as a cast to a moment
//! with all its digits: `PostgreSQL` makes the same day of that, and `SQLite`'s dialect knows to leave it.

use super::Expr;
use crate::datatype::DataType;
use crate::shared::Shared;

/// Nobody casts to this where a day is wanted.
const WHOLE: DataType = DataType::Timestamp {
    precision: Some(6),
    zoned: false,
};

impl Expr {
    /// A default of a column of this type, for a database that does not convert it.
    #[must_use]
    pub fn standing(self, column: &DataType) -> Self {
        match (&self, column) {
            (Self::Now, DataType::Date | DataType::Time { .. })
            | (Self::Today, DataType::Timestamp { .. }) => Self::Cast(Shared::new(self), WHOLE),
            _ => self,
        }
    }

    /// What the clock says, if it is not to be converted.
    pub fn as_it_stands(&self) -> Option<&Self> {
        match self {
            Self::Cast(inner, to) if *to == WHOLE => {
                Some(&**inner).filter(|inner| matches!(inner, Self::Now | Self::Today))
            }
            _ => None,
        }
    }
}
