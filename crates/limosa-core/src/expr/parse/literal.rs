//! Constants.

use super::Parsed;
use super::cursor::Cursor;
use crate::datatype::DataType;
use crate::expr::lex::unhex;
use crate::expr::{Expr, TokenKind};
use crate::shared::Shared;

impl Cursor<'_> {
    /// A string, or bytes.
    pub(super) fn string(&mut self) -> Parsed<Expr> {
        let token = self.next().filter(|token| token.kind == TokenKind::String);
        let token = token.ok_or_else(|| self.unexpected("a string"))?;
        if let Some(text) = token.string() {
            return Ok(Expr::String(text));
        }
        let marked = token.text.as_bytes()[0].to_ascii_lowercase();
        if !self.lexicon.double_colon {
            let bytes = token
                .bytes()
                .ok_or_else(|| self.error("odd hexadecimal digits"))?;
            return Ok(Expr::Bytes(bytes));
        }
        let digits = token.text.get(2..token.text.len() - 1).unwrap_or_default();
        // A constant of the bit type: the input of which marks hexadecimal digits by an x.
        let text = match marked {
            b'b' => digits.to_owned(),
            b'x' => format!("x{digits}"),
            _ => return Err(self.error("invalid escape in a string")),
        };
        let bits = DataType::Other("\"bit\"".to_owned());
        Ok(Expr::Cast(Shared::new(Expr::String(text)), bits))
    }

    /// `DATE '2020-01-01'`, `interval '1 day'`, `timestamp(3) with time zone '...'`.
    pub(super) fn typed(&mut self) -> Parsed<Option<Expr>> {
        if !self.lexicon.double_colon || !self.at_kind(TokenKind::Word) {
            return Ok(None);
        }
        let start = self.position();
        let to = self.data_type();
        match to {
            Ok(to) if self.at_kind(TokenKind::String) && !matches!(to, DataType::Array(_)) => {
                let text = self.string()?;
                let text = self.with_unit(text, &to);
                Ok(Some(cast(text, to)))
            }
            _ => {
                self.back(start);
                Ok(None)
            }
        }
    }

    /// `interval '1' day` is `interval '1 day'`.
    fn with_unit(&mut self, text: Expr, to: &DataType) -> Expr {
        let units = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];
        match text {
            Expr::String(text)
                if *to == DataType::Interval && text.parse::<i64>().is_ok() && !self.ranged() =>
            {
                let unit = units.iter().find(|unit| self.word(unit));
                Expr::String(unit.map_or(text.clone(), |unit| {
                    format!("{text} {}", unit.to_ascii_lowercase())
                }))
            }
            other => other,
        }
    }

    /// `DAY TO SECOND`, which the tree does not hold.
    fn ranged(&self) -> bool {
        self.ahead(1).is_some_and(|token| token.is_word("TO"))
    }
}

/// A cast; one of hexadecimal digits to bytes is bytes.
pub(super) fn cast(inner: Expr, to: DataType) -> Expr {
    if let (Expr::String(text), DataType::Bytes) = (&inner, &to)
        && let Some(bytes) = text.strip_prefix("\\x").and_then(unhex)
    {
        return Expr::Bytes(bytes);
    }
    Expr::Cast(Shared::new(inner), to)
}
