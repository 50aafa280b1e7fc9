use super::*;
use limosa_core::shared::Shared;

#[track_caller]
fn check(data_type: impl std::borrow::Borrow<DataType>, spelled: &str) {
    assert_eq!(spelling(data_type.borrow()).as_deref(), Ok(spelled));
    let held = parse(spelled);
    assert_eq!(super::held(&held), held, "stable");
}

#[test]
fn spells_types() {
    check(DataType::Text, "TEXT");
    check(DataType::Varchar(Some(255)), "VARCHAR(255)");
    check(DataType::Varchar(None), "TEXT");
    check(DataType::Char(2), "CHAR(2)");
    check(DataType::SmallInt, "SMALLINT");
    check(DataType::Integer, "INTEGER");
    check(DataType::BigInt, "BIGINT");
    check(DataType::Boolean, "BOOLEAN");
    check(DataType::TIMESTAMP, "DATETIME");
    check(DataType::TIMESTAMPTZ, "DATETIME");
    check(DataType::Date, "DATE");
    let time = DataType::Time {
        precision: Some(3),
        zoned: true,
    };
    check(time, "TIME");
    check(DataType::Uuid, "TEXT");
    check(DataType::Bytes, "BLOB");
    check(DataType::Json, "TEXT");
    check(DataType::Jsonb, "TEXT");
    check(DataType::Double, "DOUBLE PRECISION");
    check(DataType::Real, "REAL");
    check(DataType::Numeric(Some((10, 2))), "NUMERIC(10,2)");
    check(DataType::Numeric(None), "NUMERIC");
    check(DataType::Array(Shared::new(DataType::Integer)), "TEXT");
    check(DataType::Interval, "TEXT");
    check(DataType::Other("inet".into()), "TEXT");
    check(DataType::Other("citext".into()), "TEXT");
    check(DataType::Other(String::new()), "");
}

#[test]
fn refuses_types_without_a_counterpart() {
    for name in ["tsvector", "hstore", "money", "point", "int4range"] {
        assert!(spelling(&DataType::Other(name.into())).is_err(), "{name}");
    }
}

#[test]
fn reads_declared_types() {
    for (declared, expected) in [
        ("int", DataType::Integer),
        ("Integer", DataType::Integer),
        ("datetime", DataType::TIMESTAMP),
        ("timestamp", DataType::TIMESTAMP),
        ("varchar(20)", DataType::Varchar(Some(20))),
        ("bool", DataType::Boolean),
        ("decimal(8, 2)", DataType::Numeric(Some((8, 2)))),
        ("double", DataType::Double),
        ("REAL", DataType::Double),
        ("float", DataType::Double),
        ("string", DataType::Other("STRING".into())),
        ("text(256)", DataType::Text),
        ("blob(16)", DataType::Bytes),
        ("double(8, 2)", DataType::Double),
        ("int(11)", DataType::Other("INT(11)".into())),
    ] {
        assert_eq!(parse(declared), expected, "{declared}");
    }
}

#[test]
fn frequent_types_are_read_like_all_others() {
    for name in ["BIGINT", "BOOLEAN", "INTEGER", "TEXT"] {
        assert_eq!(
            parse(name),
            DataType::parse(name, &Lexicon::SQLITE),
            "{name}"
        );
    }
}
