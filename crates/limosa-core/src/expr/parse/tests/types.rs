//! Names of types.

use crate::datatype::DataType;
use crate::expr::Lexicon;
use crate::shared::Shared;

#[track_caller]
fn check(text: &str, expected: &DataType) {
    assert_eq!(&DataType::parse(text, &Lexicon::POSTGRES), expected);
}

fn array(inner: DataType) -> DataType {
    DataType::Array(Shared::new(inner))
}

#[test]
fn numbers() {
    for text in [
        "integer",
        "INT",
        "int4",
        "serial",
        "SERIAL4",
        "pg_catalog.int4",
        "\"pg_catalog\".int4",
    ] {
        check(text, &DataType::Integer);
    }
    for text in ["bigint", "int8", "bigserial"] {
        check(text, &DataType::BigInt);
    }
    for text in ["smallint", "int2", "smallserial"] {
        check(text, &DataType::SmallInt);
    }
    for text in ["real", "float4", "float(24)"] {
        check(text, &DataType::Real);
    }
    for text in [
        "double precision",
        "DOUBLE  PRECISION",
        "float8",
        "float",
        "float(25)",
    ] {
        check(text, &DataType::Double);
    }
    check("numeric", &DataType::Numeric(None));
    check("NUMERIC(10, 2)", &DataType::Numeric(Some((10, 2))));
    check("decimal(10)", &DataType::Numeric(Some((10, 0))));
    check("numeric(3,-2)", &DataType::Numeric(Some((3, -2))));
}

#[test]
fn texts() {
    check("text", &DataType::Text);
    check("varchar", &DataType::Varchar(None));
    check("varchar(255)", &DataType::Varchar(Some(255)));
    check("character varying(255)", &DataType::Varchar(Some(255)));
    check("char varying(2)", &DataType::Varchar(Some(2)));
    check("char", &DataType::Char(1));
    check("character(3)", &DataType::Char(3));
    check("bpchar(3)", &DataType::Char(3));
    check("bytea", &DataType::Bytes);
}

#[test]
fn moments() {
    let timestamp = |precision, zoned| DataType::Timestamp { precision, zoned };
    let time = |precision, zoned| DataType::Time { precision, zoned };
    check("date", &DataType::Date);
    check("timestamp", &timestamp(None, false));
    check("TIMESTAMP(3)", &timestamp(Some(3), false));
    check("timestamp(3) without time zone", &timestamp(Some(3), false));
    check("timestamp (3) with time zone", &timestamp(Some(3), true));
    check("timestamptz(0)", &timestamp(Some(0), true));
    check("datetime", &timestamp(None, false));
    check("time", &time(None, false));
    check("time(3) with time zone", &time(Some(3), true));
    check("timetz", &time(None, true));
    check("interval", &DataType::Interval);
}

#[test]
fn arrays() {
    check("text[]", &array(DataType::Text));
    check("integer[][3]", &array(array(DataType::Integer)));
    check("text array", &array(DataType::Text));
    check("varchar(3)[]", &array(DataType::Varchar(Some(3))));
    check("timestamp with time zone[]", &array(DataType::TIMESTAMPTZ));
    check("mood[]", &array(DataType::Other("mood".to_owned())));
}

#[track_caller]
fn other(text: &str, expected: &str) {
    check(text, &DataType::Other(expected.to_owned()));
}

#[test]
fn others_keep_their_names() {
    other("Mood", "mood");
    other("\"Mood\"", "\"Mood\"");
    other("\"mood\"", "mood");
    other("app.Mood", "app.mood");
    other("pg_catalog.inet", "inet");
    other("\"char\"", "\"char\"");
    other("\"integer\"", "\"integer\"");
    other("\"serial\"", "\"serial\"");
    other("\"blob\"", "\"blob\"");
    other("app.\"text\"", "app.\"text\"");
    other("bit(3)", "bit(3)");
    other("bit varying(3)", "bit varying(3)");
    other("geometry(Point, 4326)", "geometry(Point,4326)");
    other("INTERVAL year TO month", "interval year to month");
    other("bpchar", "bpchar");
}

#[test]
fn names_of_the_catalog_mean_the_same_in_quotes() {
    check("\"bytea\"", &DataType::Bytes);
    check("\"int4\"", &DataType::Integer);
    check("\"varchar\"(20)", &DataType::Varchar(Some(20)));
    check("\"numeric\"(10, 2)", &DataType::Numeric(Some((10, 2))));
    check("\"timestamptz\"[]", &array(DataType::TIMESTAMPTZ));
    check("pg_catalog.\"text\"", &DataType::Text);
    other("\"Text\"", "\"Text\"");
}

#[test]
fn sqlite_takes_any_words() {
    let check = |text, expected: DataType| {
        assert_eq!(DataType::parse(text, &Lexicon::SQLITE), expected);
    };
    check("INTEGER", DataType::Integer);
    check("DATETIME", DataType::TIMESTAMP);
    check("BLOB", DataType::Bytes);
    check(
        "UNSIGNED BIG INT",
        DataType::Other("unsigned big int".to_owned()),
    );
    check("VARYING CHARACTER(20)", DataType::Varchar(Some(20)));
    check("NVARCHAR(100)", DataType::Varchar(Some(100)));
    check("DOUBLE", DataType::Double);
    check(
        "TIMESTAMP(3)",
        DataType::Timestamp {
            precision: Some(3),
            zoned: false,
        },
    );
}

#[test]
fn names_of_what_only_a_schema_knows() {
    let named = |text: &str| {
        DataType::parse(text, &Lexicon::POSTGRES)
            .named()
            .map(|name| name.to_string())
    };
    assert_eq!(named("\"Mood\""), Some("Mood".to_owned()));
    assert_eq!(named("app.Mood"), Some("app.mood".to_owned()));
    assert_eq!(named("bit(3)"), None);
    assert_eq!(named("text"), None);
}
