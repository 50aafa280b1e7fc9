use super::*;

#[track_caller]
fn check(text: &str, to: &DataType, expected: Option<&str>) {
    let held = of(&Expr::String(text.to_owned()), to).ok();
    let shown = held.map(|held| match held {
        Expr::String(text) | Expr::Number(text) => text,
        other => format!("{other:?}"),
    });
    assert_eq!(shown.as_deref(), expected, "{text:?} as {to:?}");
}

#[test]
fn moments() {
    let at = DataType::TIMESTAMP;
    check("2024-02-29", &at, Some("2024-02-29 00:00:00"));
    check("2024-02-29T03:04", &at, Some("2024-02-29 03:04:00"));
    check("20240229 03:04:05.120", &at, Some("2024-02-29 03:04:05.12"));
    check("2024-02-29 03:04:05+02", &at, Some("2024-02-29 03:04:05"));
    check("2016-12-31 23:59:60", &at, Some("2017-01-01 00:00:00"));
    check("1999-12-31 24:00:00", &at, Some("2000-01-01 00:00:00"));
    check("0001-01-01 00:00:00", &at, Some("0001-01-01 00:00:00"));
    check("-Infinity", &at, Some("-infinity"));
    check("2023-02-29", &at, None);
    check("0044-03-15 BC", &at, None);
    check("10000-01-01", &at, None);
    check("yesterday", &at, None);
    let instant = DataType::TIMESTAMPTZ;
    check(
        "2024-01-01 00:30:00+02",
        &instant,
        Some("2023-12-31 22:30:00"),
    );
    check(
        "2024-01-01 00:30:00-0330",
        &instant,
        Some("2024-01-01 04:00:00"),
    );
    check(
        "2024-01-01T00:30:00Z",
        &instant,
        Some("2024-01-01 00:30:00"),
    );
    check("2024-01-01 00:30:00 Europe/Berlin", &instant, None);
}
