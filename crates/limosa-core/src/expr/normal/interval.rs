//! Spans of time as `PostgreSQL` prints them by default (manual, 8.5.5).

/// The printed form of a span; none if it is written in a way that is not understood here.
pub(super) fn plain(text: &str) -> Option<String> {
    let mut span = Span::default();
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word.contains(':') {
            span.seconds += clock(word)?;
        } else {
            let (amount, glued) = amount(word)?;
            let unit = if glued.is_empty() {
                words.next()?
            } else {
                glued
            };
            span.add(amount, unit)?;
        }
    }
    let one_sign = [span.months, span.days, span.seconds]
        .iter()
        .all(|part| *part >= 0);
    (one_sign && !text.trim().is_empty()).then(|| span.print())
}

/// A number, and the unit that follows it without a space.
fn amount(word: &str) -> Option<(i64, &str)> {
    let end = word
        .find(|each: char| !each.is_ascii_digit())
        .unwrap_or(word.len());
    Some((word[..end].parse().ok()?, &word[end..]))
}

/// Hours, minutes and whole seconds.
fn clock(word: &str) -> Option<i64> {
    let parts: Option<Vec<i64>> = word.split(':').map(|part| part.parse().ok()).collect();
    let (hours, minutes, seconds) = match parts?.as_slice() {
        [hours, minutes] => (*hours, *minutes, 0),
        [hours, minutes, seconds] => (*hours, *minutes, *seconds),
        _ => return None,
    };
    let within = (0..60).contains(&minutes) && (0..60).contains(&seconds);
    within.then_some(
        hours
            .checked_mul(3600)?
            .checked_add(minutes * 60 + seconds)?,
    )
}

#[derive(Default)]
struct Span {
    months: i64,
    days: i64,
    seconds: i64,
}

impl Span {
    fn add(&mut self, amount: i64, unit: &str) -> Option<()> {
        let unit = unit.to_ascii_lowercase();
        let (part, factor) = match unit.strip_suffix('s').unwrap_or(&unit) {
            "year" | "yr" | "y" => (&mut self.months, 12),
            "month" | "mon" => (&mut self.months, 1),
            "week" | "w" => (&mut self.days, 7),
            "day" | "d" => (&mut self.days, 1),
            "hour" | "hr" | "h" => (&mut self.seconds, 3600),
            "minute" | "min" | "m" => (&mut self.seconds, 60),
            "second" | "sec" | "" => (&mut self.seconds, 1),
            _ => return None,
        };
        *part = part.checked_add(amount.checked_mul(factor)?)?;
        Some(())
    }

    fn print(&self) -> String {
        let counted = [
            (self.months / 12, "year"),
            (self.months % 12, "mon"),
            (self.days, "day"),
        ];
        let mut words: Vec<String> = counted
            .iter()
            .filter(|(count, _)| *count != 0)
            .map(|(count, unit)| format!("{count} {unit}{}", if *count == 1 { "" } else { "s" }))
            .collect();
        if self.seconds != 0 || words.is_empty() {
            let (hours, rest) = (self.seconds / 3600, self.seconds % 3600);
            words.push(format!("{hours:02}:{:02}:{:02}", rest / 60, rest % 60));
        }
        words.join(" ")
    }
}
