//! Exact decimal numbers, as Postgres' `numeric` reads and prints them (manual section 8.1.2).

use std::fmt;

/// The longest number that is written out.
const DIGITS: usize = 2_000;

/// Digits that a double keeps of any decimal number (`DBL_DIG`).
const EXACT: usize = 15;

/// A decimal number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    /// All digits, those behind the point included; one at least in front of it.
    digits: Vec<u8>,
    /// How many of them stand behind the point.
    scale: usize,
}

impl Decimal {
    /// The number that a text stands for; none for what is no finite number or is very long.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
            None => (unsigned, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes()).collect();
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let scale = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
        let size = usize::try_from(scale.unsigned_abs()).ok()?;
        if size > DIGITS || digits.len() > DIGITS {
            return None;
        }
        if scale < 0 {
            digits.resize(digits.len() + size, b'0');
        }
        Some(Self::tidy(
            negative,
            digits,
            usize::try_from(scale).unwrap_or(0),
        ))
    }

    fn tidy(negative: bool, mut digits: Vec<u8>, scale: usize) -> Self {
        while digits.len() <= scale {
            digits.insert(0, b'0');
        }
        let surplus = digits.len() - scale - 1;
        let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        digits.drain(..zeros.min(surplus));
        let zero = digits.iter().all(|digit| *digit == b'0');
        Self {
            negative: negative && !zero,
            digits,
            scale,
        }
    }

    /// With this many digits behind the point; halves go away from zero.
    #[must_use]
    pub fn rounded(mut self, scale: usize) -> Self {
        if scale >= self.scale {
            self.digits
                .resize(self.digits.len() + scale - self.scale, b'0');
            self.scale = scale;
            return self;
        }
        let kept = self.digits.len() - (self.scale - scale);
        let up = self.digits[kept] >= b'5';
        self.digits.truncate(kept);
        if up {
            self.increment();
        }
        Self::tidy(self.negative, self.digits, scale)
    }

    fn increment(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            if *digit < b'9' {
                *digit += 1;
                return;
            }
            *digit = b'0';
        }
        self.digits.insert(0, b'1');
    }

    /// Digits before the point, without leading zeros.
    pub fn whole_digits(&self) -> usize {
        let whole = &self.digits[..self.digits.len() - self.scale];
        whole.iter().skip_while(|digit| **digit == b'0').count()
    }

    /// Whether a 64-bit integer or a double keeps all of its digits.
    pub fn is_exact(&self) -> bool {
        let mut digits: &[u8] = &self.digits;
        let mut scale = self.scale;
        while let (true, [rest @ .., b'0']) = (scale > 0, digits) {
            digits = rest;
            scale -= 1;
        }
        let significant = || {
            let text = std::str::from_utf8(digits).unwrap_or_default();
            text.trim_matches('0').len()
        };
        (scale == 0 && self.to_integer().is_some()) || significant() <= EXACT
    }

    fn to_integer(&self) -> Option<i64> {
        self.clone().rounded(0).to_string().parse().ok()
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = std::str::from_utf8(&self.digits).map_err(|_| fmt::Error)?;
        let (whole, fraction) = text.split_at(self.digits.len() - self.scale);
        let sign = if self.negative { "-" } else { "" };
        write!(f, "{sign}{whole}")?;
        if fraction.is_empty() {
            return Ok(());
        }
        write!(f, ".{fraction}")
    }
}
