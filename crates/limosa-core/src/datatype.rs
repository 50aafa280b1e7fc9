//! Data types, neutral of dialect.

use serde::{Deserialize, Serialize};

use crate::name::ObjectName;
use crate::shared::Shared;

/// The type of a column or of a cast.
///
/// Each dialect maps these to its own spelling and back ([`Dialect::type_name`] and
/// [`Dialect::parse_type`]); what it cannot spell it refuses.
///
/// [`Dialect::type_name`]: crate::dialect::Dialect::type_name
/// [`Dialect::parse_type`]: crate::dialect::Dialect::parse_type
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DataType {
    /// 16-bit integer.
    SmallInt,
    /// 32-bit integer.
    Integer,
    /// 64-bit integer.
    BigInt,
    /// 32-bit floating point.
    Real,
    /// 64-bit floating point.
    Double,
    /// Exact decimal; precision and scale in decimal digits.
    Numeric(Option<(u32, i32)>),
    /// True or false.
    Boolean,
    /// Text of any length.
    Text,
    /// Text with an upper limit in characters (none: as [`DataType::Text`] in all but name).
    Varchar(Option<u32>),
    /// Text padded to a length in characters.
    Char(u32),
    /// Bytes.
    Bytes,
    /// A day.
    Date,
    /// A time of day.
    Time {
        /// Digits of the second's fraction.
        precision: Option<u32>,
        /// Whether it carries a zone.
        zoned: bool,
    },
    /// A point in time.
    Timestamp {
        /// Digits of the second's fraction.
        precision: Option<u32>,
        /// Whether it is an instant (`timestamptz`) or a wall-clock reading.
        zoned: bool,
    },
    /// A span of time.
    Interval,
    /// 128-bit identifier.
    Uuid,
    /// JSON kept as text.
    Json,
    /// JSON kept in binary form.
    Jsonb,
    /// An enum type of the database, by name.
    Enum(ObjectName),
    /// An array of another type.
    Array(Shared<DataType>),
    /// A type that only one dialect knows (`inet`, `tsvector`, `citext`), as that dialect spells it:
    /// in quotes only where it needs them.
    Other(String),
}

impl DataType {
    /// `timestamp` without zone and without a stated precision.
    pub const TIMESTAMP: Self = Self::Timestamp {
        precision: None,
        zoned: false,
    };
    /// `timestamp with time zone` without a stated precision.
    pub const TIMESTAMPTZ: Self = Self::Timestamp {
        precision: None,
        zoned: true,
    };

    /// Whether its values are integers.
    pub fn is_integer(&self) -> bool {
        matches!(self, Self::SmallInt | Self::Integer | Self::BigInt)
    }

    /// Whether its values are numbers.
    pub fn is_number(&self) -> bool {
        self.is_integer() || matches!(self, Self::Numeric(_) | Self::Real | Self::Double)
    }
}
