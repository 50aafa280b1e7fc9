//! What random rows hold, in the words of `SQLite`.

/// What a foreign key does when its row goes.
pub(crate) const ACTIONS: [&str; 4] = ["NO ACTION", "CASCADE", "SET NULL", "RESTRICT"];

/// A text, an empty one, a very long one, one with a zero byte, or NULL.
pub(crate) fn text_value(choice: u8) -> String {
    match choice % 8 {
        0 => "NULL".to_owned(),
        1 => "''".to_owned(),
        2 => format!("'text {choice}'"),
        3 => "'it''s \"quoted\" -- naïve 日本'".to_owned(),
        4 => "replace(hex(zeroblob(50000)), '00', 'long ')".to_owned(),
        5 => "'12'".to_owned(),
        6 => "'a' || char(0) || 'b'".to_owned(),
        _ => "'-0.5e3'".to_owned(),
    }
}

/// Bytes, an integer at the limits, infinity, NaN (which is NULL), or NULL.
pub(crate) fn any_value(choice: u8) -> String {
    match choice % 8 {
        0 => "NULL".to_owned(),
        1 => "X'00FF'".to_owned(),
        2 => "9e999".to_owned(),
        3 => "-9e999".to_owned(),
        4 => "9223372036854775807".to_owned(),
        5 => "-9223372036854775808".to_owned(),
        6 => "9e999 - 9e999".to_owned(),
        _ => "1e-300".to_owned(),
    }
}

/// A small number, or NULL.
pub(crate) fn number(choice: u8) -> String {
    if choice.is_multiple_of(4) {
        "NULL".to_owned()
    } else {
        (choice % 100).to_string()
    }
}
