//! Calls, and the syntaxes that the standard gives some of them.

use super::Parsed;
use super::cursor::Cursor;
use crate::expr::{Call, Expr, TokenKind};
use crate::shared::{List, Shared};

impl Cursor<'_> {
    /// The arguments of a call, whose name has been read from `start` on.
    pub(super) fn call(&mut self, path: Vec<String>, start: usize, quoted: bool) -> Parsed<Expr> {
        let name = call_name(path, quoted);
        if !quoted
            && self.lexicon.double_colon
            && let Some(found) = self.standard(&name)?
        {
            return Ok(found);
        }
        let mut call = Call {
            name,
            args: List::new(),
            distinct: false,
            filter: None,
        };
        self.parenthesised(|cursor| {
            call.distinct = cursor.word("DISTINCT");
            if !call.distinct && cursor.at_word("ALL") {
                cursor.next();
            }
            if !cursor.at_operator(")") {
                call.args = cursor.comma(Self::argument)?.into();
            }
            Ok(())
        })?;
        if self.at_word("FILTER") {
            call.filter = self.filter()?;
        }
        if self.at_word("OVER") {
            return self.windowed(start);
        }
        if self.at_word("WITHIN") {
            return Err(self.error("an ordered-set aggregate is not held"));
        }
        Ok(instant(call, self.lexicon.double_colon))
    }

    fn argument(&mut self) -> Parsed<Expr> {
        let found = self.expr()?;
        for named in [":=", "=>"] {
            if self.at_operator(named) {
                return Err(self.error("a named argument is not held"));
            }
        }
        Ok(found)
    }

    fn filter(&mut self) -> Parsed<Option<Shared<Expr>>> {
        self.expect_word("FILTER")?;
        self.parenthesised(|cursor| {
            cursor.expect_word("WHERE")?;
            cursor.boxed().map(Some)
        })
    }

    /// A call over a window is kept as text.
    fn windowed(&mut self, start: usize) -> Parsed<Expr> {
        self.next();
        if self.at_operator("(") {
            self.balanced()?;
        } else {
            self.name()?;
        }
        Ok(Expr::Verbatim {
            dialect: self.lexicon.id.to_owned(),
            text: self.since(start).to_owned(),
        })
    }

    /// Passes over parentheses and what they hold.
    fn balanced(&mut self) -> Parsed<()> {
        let mut depth = 0_usize;
        while let Some(token) = self.next() {
            if token.is_operator("(") {
                depth += 1;
            } else if token.is_operator(")") {
                depth -= 1;
                if depth == 0 {
                    return Ok(());
                }
            }
        }
        Err(self.unexpected("`)`"))
    }

    /// A call in a syntax of the standard's (`PostgreSQL`'s manual, chapter 9).
    fn standard(&mut self, name: &str) -> Parsed<Option<Expr>> {
        let read = match name {
            "extract" => Self::extract,
            "position" => Self::place,
            "trim" => Self::trim,
            "substring" => Self::substring,
            "overlay" => Self::overlay,
            _ => return Ok(None),
        };
        self.parenthesised(read).map(Some)
    }

    fn extract(&mut self) -> Parsed<Expr> {
        let field = if self.at_kind(TokenKind::String) {
            self.string()?
        } else {
            Expr::String(self.name()?)
        };
        self.expect_word("FROM")?;
        Ok(Expr::call("extract", vec![field, self.expr()?]))
    }

    fn place(&mut self) -> Parsed<Expr> {
        // Both sides are without predicates, lest `IN` be read as one.
        let part = self.binding(super::infix::OTHER)?;
        self.expect_word("IN")?;
        let whole = self.binding(super::infix::OTHER)?;
        Ok(Expr::call("position", vec![part, whole]))
    }

    fn trim(&mut self) -> Parsed<Expr> {
        let name = if self.word("LEADING") {
            "ltrim"
        } else if self.word("TRAILING") {
            "rtrim"
        } else {
            self.word("BOTH");
            "trim"
        };
        let mut args = Vec::new();
        if !self.at_word("FROM") {
            args.push(self.expr()?);
        }
        if self.word("FROM") {
            args.splice(0..0, self.comma(Self::expr)?);
        } else {
            while self.accept(",") {
                args.push(self.expr()?);
            }
        }
        Ok(Expr::call(name, args))
    }

    fn substring(&mut self) -> Parsed<Expr> {
        let mut args = vec![self.expr()?];
        if self.word("FROM") {
            args.push(self.expr()?);
        } else if self.at_word("FOR") {
            args.push(Expr::Number("1".to_owned()));
        }
        while self.accept(",") {
            args.push(self.expr()?);
        }
        if self.word("FOR") {
            args.push(self.expr()?);
        }
        Ok(Expr::call("substring", args))
    }

    fn overlay(&mut self) -> Parsed<Expr> {
        let mut args = vec![self.expr()?];
        if self.accept(",") {
            args.extend(self.comma(Self::expr)?);
            return Ok(Expr::call("overlay", args));
        }
        self.expect_word("PLACING")?;
        args.push(self.expr()?);
        self.expect_word("FROM")?;
        args.push(self.expr()?);
        if self.word("FOR") {
            args.push(self.expr()?);
        }
        Ok(Expr::call("overlay", args))
    }
}

fn call_name(path: Vec<String>, quoted: bool) -> String {
    let own: Vec<_> = match path.as_slice() {
        [schema, name] if schema == "pg_catalog" => vec![name.clone()],
        _ => path,
    };
    let name = own.join(".");
    if quoted {
        name
    } else {
        name.to_ascii_lowercase()
    }
}

/// The calls that mean the start of the transaction (manual, 9.9.5).
fn instant(call: Call, postgres: bool) -> Expr {
    let now = matches!(call.name.as_str(), "now" | "transaction_timestamp");
    if postgres && now && call.args.is_empty() && call.filter.is_none() {
        Expr::Now
    } else {
        Expr::Call(call)
    }
}
