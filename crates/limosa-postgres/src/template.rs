//! Statements with places to fill.
//!
//! In one go: what fills a place may hold anything, the name of another place too.

/// The text with each `{name}` replaced by its value.
pub(crate) fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() * 2);
    let mut rest = template.trim_end();
    while let Some((before, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').expect("a place ends");
        let value = values.iter().find(|(place, _)| *place == name);
        let (_, value) = value.expect("each place has a value");
        text.extend([before, value]);
        rest = after;
    }
    text + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fills_a_place_is_no_place() {
        let values = [("a", "{b}"), ("b", "{a}")];
        assert_eq!(filled("x {a} {b}{a} y\n", &values), "x {b} {a}{b} y");
    }
}
