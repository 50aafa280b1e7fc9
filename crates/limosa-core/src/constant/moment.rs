//! Dates and times: read as Postgres reads them (manual section 8.5.1), written such that texts
//! compare as moments do.
//!
//! `2024-12-31 23:59:59.5`, an instant in UTC and without a zone, as `CURRENT_TIMESTAMP` gives it
//! here. Without an offset an instant is taken to be in UTC.

use crate::datatype::DataType;

/// Microseconds of a day.
const DAY: i64 = 86_400_000_000;
/// Days from 1970-01-01 to the epoch of Postgres, 2000-01-01.
const EPOCH: i64 = 10_957;

/// What was read: microseconds since 1970-01-01 on the clock that was meant, and its offset.
struct Reading {
    date: Option<i64>,
    clock: i64,
    /// Seconds east of Greenwich.
    offset: Option<i64>,
}

/// The form of this type; none for what is not the same on both databases.
pub fn read(text: &str, to: &DataType) -> Option<String> {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    match (lower.as_str(), to) {
        (_, DataType::Time { .. }) => {}
        // They sort in front of and behind all digits, as they should.
        ("infinity" | "-infinity", _) => return Some(lower),
        ("epoch", DataType::Date) => return Some("1970-01-01".to_owned()),
        ("epoch", _) => return Some("1970-01-01 00:00:00".to_owned()),
        _ => {}
    }
    let reading = reading(&lower)?;
    match to {
        DataType::Time { precision, zoned } => time(&reading, *precision, *zoned),
        DataType::Date => date(reading.date?),
        DataType::Timestamp { precision, zoned } => {
            let shift = if *zoned {
                reading.offset.unwrap_or(0)
            } else {
                0
            };
            let moment = reading.date? * DAY + reading.clock - shift * 1_000_000;
            let moment = rounded(moment - EPOCH * DAY, *precision) + EPOCH * DAY;
            let day = date(moment.div_euclid(DAY))?;
            Some(format!("{day} {}", clock(moment.rem_euclid(DAY))))
        }
        _ => None,
    }
}

fn reading(text: &str) -> Option<Reading> {
    let (date, rest) = match day(text) {
        Some((date, rest)) => (Some(date), rest),
        None => (None, text),
    };
    let rest = match (date, rest) {
        (Some(_), "") => {
            return Some(Reading {
                date,
                clock: 0,
                offset: None,
            });
        }
        (Some(_), rest) => rest
            .strip_prefix('t')
            .or_else(|| rest.strip_prefix(' '))?
            .trim_start(),
        (None, rest) => rest,
    };
    let end = rest
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(rest.len());
    let (clock, zone) = rest.split_at(end);
    Some(Reading {
        date,
        clock: self::time_of_day(clock)?,
        offset: self::offset(zone.trim())?,
    })
}

/// `2024-12-31`, `2024-1-1` or `20241231` at the start of a text, and what is behind it.
fn day(text: &str) -> Option<(i64, &str)> {
    let digits = |text: &str| {
        text.find(|c: char| !c.is_ascii_digit())
            .unwrap_or(text.len())
    };
    let end = digits(text);
    let (year, month, day, rest) = if end == 8 {
        (&text[..4], &text[4..6], &text[6..8], &text[8..])
    } else {
        let (year, rest) = text.split_at(end);
        let rest = rest.strip_prefix('-')?;
        let (month, rest) = rest.split_at(digits(rest));
        let rest = rest.strip_prefix('-')?;
        let (day, rest) = rest.split_at(digits(rest));
        if !(4..=6).contains(&year.len()) || month.len() > 2 || day.len() > 2 {
            return None;
        }
        (year, month, day, rest)
    };
    let (year, month, day) = (year.parse().ok()?, month.parse().ok()?, day.parse().ok()?);
    let valid = year > 0 && (1..=12).contains(&month) && (1..=length(year, month)).contains(&day);
    valid.then(|| (days(year, month, day), rest))
}

fn length(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Microseconds since midnight of `10:00`, `10:00:60`, `10:00:00.5`, `24:00`.
fn time_of_day(text: &str) -> Option<i64> {
    let mut parts = text.split(':');
    let (hours, minutes) = (whole(parts.next()?)?, whole(parts.next()?)?);
    let (seconds, fraction) = match parts.next() {
        None => (0, 0),
        Some(last) => {
            let (seconds, fraction) = last.split_once('.').unwrap_or((last, "0"));
            (whole(seconds)?, micros(fraction)?)
        }
    };
    let clock = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000 + fraction;
    let valid = parts.next().is_none() && hours <= 24 && minutes < 60 && seconds <= 60;
    (valid && (hours < 24 || clock == DAY)).then_some(clock)
}

fn whole(text: &str) -> Option<i64> {
    (1..=2)
        .contains(&text.len())
        .then(|| text.parse().ok())
        .flatten()
}

/// Rounded as the server rounds: by way of a double, to even.
fn micros(fraction: &str) -> Option<i64> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    if fraction.len() <= 6 {
        return format!("{fraction:0<6}").parse().ok();
    }
    let part: f64 = format!("0.{fraction}").parse().ok()?;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number of 1,000,000 at most"
    )]
    Some((part * 1e6).round_ties_even() as i64)
}

/// The seconds of an offset, none if there is none; nothing for a zone that a table would have to tell.
#[expect(clippy::option_option, reason = "no offset, and none that is known")]
fn offset(text: &str) -> Option<Option<i64>> {
    if text.is_empty() {
        return Some(None);
    }
    if matches!(text, "z" | "utc" | "gmt" | "zulu") {
        return Some(Some(0));
    }
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let digits: String = rest.chars().filter(|c| *c != ':').collect();
    let parts: Vec<i64> = match (digits.len(), rest.contains(':')) {
        (1 | 2, false) => vec![digits.parse().ok()?],
        (4 | 6, _) => (0..digits.len())
            .step_by(2)
            .map(|at| digits[at..at + 2].parse().ok())
            .collect::<Option<_>>()?,
        _ => return None,
    };
    let seconds = parts
        .iter()
        .zip([3600, 60, 1])
        .map(|(part, unit)| part * unit)
        .sum::<i64>();
    let valid = parts[0] < 16 && parts.iter().skip(1).all(|part| *part < 60);
    valid.then_some(Some(sign * seconds))
}

/// To a precision in digits of the second, counted from the server's epoch; halves go away from it.
fn rounded(micros: i64, precision: Option<u32>) -> i64 {
    let scale = 10_i64.pow(6 - precision.unwrap_or(6).min(6));
    let whole = (micros.abs() + scale / 2) / scale * scale;
    whole * micros.signum()
}

fn time(reading: &Reading, precision: Option<u32>, zoned: bool) -> Option<String> {
    let text = clock(rounded(reading.clock, precision));
    if !zoned {
        return Some(text);
    }
    let offset = reading.offset.unwrap_or(0);
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 3600, offset.abs() / 60 % 60);
    match (minutes, offset % 60) {
        (0, 0) => Some(format!("{text}{sign}{hours:02}")),
        (_, 0) => Some(format!("{text}{sign}{hours:02}:{minutes:02}")),
        _ => None,
    }
}

fn clock(micros: i64) -> String {
    let seconds = micros / 1_000_000;
    let text = format!(
        "{:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    );
    match micros % 1_000_000 {
        0 => text,
        fraction => format!("{text}.{}", format!("{fraction:06}").trim_end_matches('0')),
    }
}

/// Days since 1970-01-01; years begin in March, so that a leap day is the last one (Hinnant,
/// "chrono-Compatible Low-Level Date Algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A day as text; none outside the years whose texts sort as they do.
fn date(days: i64) -> Option<String> {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (1..=9999)
        .contains(&year)
        .then(|| format!("{year:04}-{month:02}-{day:02}"))
}
