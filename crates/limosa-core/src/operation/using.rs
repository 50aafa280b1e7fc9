//! What `USING` does to values: it converts them, as a change of the type does by itself, or it reckons
//! others.

use crate::datatype::DataType;
use crate::expr::Expr;

/// Whether the expression is the column itself, cast to its new type at most: a second time it would
/// change nothing.
pub(super) fn only_converts(using: &Expr, column: &str, to: &DataType) -> bool {
    match using {
        Expr::Cast(inner, by_way) => keeps_all(by_way, to) && only_converts(inner, column, to),
        Expr::Column(path) => path
            .last()
            .is_some_and(|own| own.eq_ignore_ascii_case(column)),
        _ => false,
    }
}

/// Whether a value that becomes one of a type keeps all of itself on the way over another one. A type
/// that is not known may be an enum, whose values are labels.
fn keeps_all(by_way: &DataType, to: &DataType) -> bool {
    use DataType as T;
    match (by_way, to) {
        (T::Text | T::Varchar(None), _)
        | (T::Enum(_) | T::Other(_), T::Enum(_) | T::Other(_))
        | (T::Numeric(None), T::Numeric(_)) => true,
        (
            T::Timestamp {
                precision: None,
                zoned,
            },
            T::Timestamp { zoned: own, .. },
        )
        | (
            T::Time {
                precision: None,
                zoned,
            },
            T::Time { zoned: own, .. },
        ) => zoned == own,
        (T::Array(by_way), T::Array(to)) => keeps_all(by_way, to),
        (by_way, to) => by_way == to || (by_way.is_integer() && to.is_integer()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expr::Lexicon;

    #[track_caller]
    fn check(using: &str, to: &str, converts: bool) {
        let using = Expr::parse(using, &Lexicon::POSTGRES);
        let to = DataType::parse(to, &Lexicon::POSTGRES);
        assert_eq!(only_converts(&using, "n", &to), converts, "{using:?}");
    }

    #[test]
    fn tells_conversions_from_other_values() {
        check("n", "integer", true);
        check("n::integer", "integer", true);
        check("t.n::text::integer", "bigint", true);
        check("n::text::mood", "mood", true);
        check("n::numeric", "numeric(10, 2)", true);
        check("n::varchar", "varchar(20)", true);
        check("n::text[]::mood[]", "mood[]", true);
        check("n * 100", "integer", false);
        check("m", "integer", false);
        check("m::integer", "integer", false);
        check("(n * 100)::integer", "integer", false);
        check("n::date", "timestamp", false);
        check("n::inet", "text", false);
        check("n::integer", "text", false);
        check("n::varchar(3)", "text", false);
        check("n::timestamp(0)", "timestamp", false);
        check("n AT TIME ZONE 'UTC'", "timestamptz", false);
        check("coalesce(n, 0)", "integer", false);
    }
}
