//! Names and texts, the hostile ones among them.

use proptest::sample::select;
use proptest::strategy::Strategy;

use super::dice::Dice;

const STEMS: [&str; 10] = [
    "plain",
    "Mixed Case",
    "select",
    "quo\"te",
    "apos'trophe",
    "semi;colon -- x",
    "naïve_日本",
    "back\\slash $1",
    "/* no comment",
    "9 lives",
];

const TEXTS: [&str; 9] = [
    "plain",
    "",
    "it's",
    "\"quoted\"",
    "back\\slash \\n",
    "line\nbreak\ttab",
    "'; DROP TABLE x; --",
    "$$ $1 ? :name %s /*",
    "naïve 日本 \u{1F426}",
];

/// Identifiers of at most 63 bytes, most of which need quoting.
pub fn identifiers() -> impl Strategy<Value = String> {
    (select(&STEMS[..]), 0_u16..1000).prop_map(|(stem, number)| format!("{stem}{number}"))
}

/// Texts for literals and comments, most of which need care.
pub fn texts() -> impl Strategy<Value = String> {
    select(&TEXTS[..]).prop_map(str::to_owned)
}

/// A name with a number that makes it the only one, in any case of letters.
pub(super) fn name(dice: &mut Dice, number: usize) -> String {
    let stem = dice.pick(&STEMS).expect("there are some");
    format!("{stem}{number}")
}

pub(super) fn text(dice: &mut Dice) -> String {
    (*dice.pick(&TEXTS).expect("there are some")).to_owned()
}
