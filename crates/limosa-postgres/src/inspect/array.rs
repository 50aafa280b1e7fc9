//! Arrays in their text form, manual section 8.15.6.

/// The items of a one-dimensional array without NULLs.
pub(super) fn items(text: &str) -> Vec<String> {
    let inner = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let inner = inner.unwrap_or_default();
    let (mut all, mut item, mut quoted, mut escaped) = (Vec::new(), String::new(), false, false);
    for c in inner.chars() {
        match c {
            _ if escaped => {
                item.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => all.push(std::mem::take(&mut item)),
            c => item.push(c),
        }
    }
    if !inner.is_empty() {
        all.push(item);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::items;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(items(text), expected);
    }

    #[test]
    fn reads_the_text_form() {
        check("{}", &[]);
        check("{a}", &["a"]);
        check("{\"\"}", &[""]);
        check(
            r#"{a,"b c","d,e","f\"g\\h",ä}"#,
            &["a", "b c", "d,e", "f\"g\\h", "ä"],
        );
    }
}
