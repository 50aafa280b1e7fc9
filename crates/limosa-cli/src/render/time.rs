//! Points in time and durations for people.

use jiff::Timestamp;

/// `2025-08-05 12:00:00 UTC` from microseconds since 1970.
pub(crate) fn point(micros: i64) -> String {
    match Timestamp::from_microsecond(micros) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        Err(_) => format!("{micros} µs"),
    }
}

/// How long something took, in at most three digits.
pub(crate) fn span(micros: i64) -> String {
    #[expect(
        clippy::cast_precision_loss,
        reason = "shown with three digits at most"
    )]
    let micros_f = micros.max(0) as f64;
    let (millis, seconds) = (micros_f / 1e3, micros_f / 1e6);
    match micros {
        i64::MIN..1_000 => "< 1 ms".to_owned(),
        1_000..1_000_000 => format!("{millis:.0} ms"),
        1_000_000..60_000_000 => format!("{seconds:.1} s"),
        60_000_000..3_600_000_000 => {
            format!("{} min {} s", micros / 60_000_000, micros / 1_000_000 % 60)
        }
        _ => format!(
            "{} h {} min",
            micros / 3_600_000_000,
            micros / 60_000_000 % 60
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points() {
        assert_eq!(point(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(point(1_754_352_000_123_456), "2025-08-05 00:00:00 UTC");
        assert_eq!(point(i64::MAX), "9223372036854775807 µs");
    }

    #[test]
    fn spans() {
        for (micros, expected) in [
            (-5, "< 1 ms"),
            (999, "< 1 ms"),
            (12_400, "12 ms"),
            (1_500_000, "1.5 s"),
            (61_000_000, "1 min 1 s"),
            (7_260_000_000, "2 h 1 min"),
        ] {
            assert_eq!(span(micros), expected);
        }
    }
}
