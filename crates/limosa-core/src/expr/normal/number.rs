//! Numbers in plain decimal notation.

/// The largest exponent that is written out.
const EXPONENT: usize = 400;

/// The number without exponent, underscores, base and needless zeros in front; its scale stays.
pub(super) fn plain(number: &str) -> String {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", number),
    };
    let digits = digits.replace('_', "").to_ascii_lowercase();
    match based(&digits).or_else(|| decimal(&digits)) {
        Some(plain) => format!("{sign}{plain}"),
        None => number.to_owned(),
    }
}

fn based(digits: &str) -> Option<String> {
    let radix = match digits.get(..2)? {
        "0x" => 16,
        "0o" => 8,
        "0b" => 2,
        _ => return None,
    };
    let value = u128::from_str_radix(&digits[2..], radix).ok()?;
    Some(value.to_string())
}

fn decimal(digits: &str) -> Option<String> {
    let (mantissa, exponent) = digits.split_once('e').unwrap_or((digits, "0"));
    let exponent: isize = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let valid = !all.is_empty() && all.bytes().all(|byte| byte.is_ascii_digit());
    if !valid || exponent.unsigned_abs() > EXPONENT {
        return None;
    }
    let point = isize::try_from(whole.len()).ok()? + exponent;
    Some(place(&all, point))
}

/// The digits with the point after the first `point` of them.
fn place(digits: &str, point: isize) -> String {
    let missing = point.unsigned_abs();
    let (whole, fraction) = match usize::try_from(point) {
        Err(_) => (String::new(), "0".repeat(missing) + digits),
        Ok(point) if point >= digits.len() => (
            digits.to_owned() + &"0".repeat(point - digits.len()),
            String::new(),
        ),
        Ok(point) => (digits[..point].to_owned(), digits[point..].to_owned()),
    };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    if fraction.is_empty() {
        whole.to_owned()
    } else {
        format!("{whole}.{fraction}")
    }
}
