//! Operands: constants, columns, calls, and what has its own syntax.

use super::Parsed;
use super::cursor::Cursor;
use super::literal::cast;
use super::words::reserved;
use crate::expr::render::BARE;
use crate::expr::{Expr, Token, TokenKind};
use crate::shared::{List, Shared};

impl Cursor<'_> {
    pub(super) fn primary(&mut self) -> Parsed<Expr> {
        let token = self
            .peek()
            .ok_or_else(|| self.unexpected("an expression"))?;
        match token.kind {
            TokenKind::Number => {
                self.next();
                Ok(Expr::Number(token.text.to_owned()))
            }
            TokenKind::String => self.string(),
            TokenKind::Word => self.worded(token),
            TokenKind::Quoted => self.named(),
            TokenKind::Operator if token.text == "(" => self.group(),
            TokenKind::Operator if token.text == "*" => {
                self.next();
                Ok(Expr::Star(None))
            }
            TokenKind::Parameter => Err(self.error("a parameter is not held")),
            _ => Err(self.unexpected("an expression")),
        }
    }

    /// `(x)`, `(x, y)`, `(SELECT ...)`.
    fn group(&mut self) -> Parsed<Expr> {
        self.parenthesised(|cursor| {
            if cursor.at_query() {
                let query = cursor.query()?;
                return Ok(Expr::Subquery(Shared::new(query)));
            }
            let mut items = cursor.comma(Self::expr)?;
            Ok(match items.len() {
                1 => items.remove(0),
                _ => Expr::Row(items.into()),
            })
        })
    }

    fn worded(&mut self, token: Token<'_>) -> Parsed<Expr> {
        let called = self.ahead(1).is_some_and(|next| next.is_operator("("));
        if let Some(found) = self.keyword(token, called)? {
            return Ok(found);
        }
        if let Some(found) = self.typed()? {
            return Ok(found);
        }
        if reserved(token.text) && !called {
            return Err(self.unexpected("an expression"));
        }
        self.named()
    }

    /// What starts with a word of a meaning of its own.
    fn keyword(&mut self, token: Token<'_>, called: bool) -> Parsed<Option<Expr>> {
        let word = token.text.to_ascii_uppercase();
        let postgres = self.lexicon.double_colon;
        let constant = match word.as_str() {
            "NULL" => Expr::Null,
            "TRUE" => Expr::Bool(true),
            "FALSE" => Expr::Bool(false),
            "CURRENT_TIMESTAMP" if !called => Expr::Now,
            "CURRENT_DATE" => Expr::Today,
            "CURRENT_TIME" if !called => Expr::TimeOfDay,
            "CASE" => return self.case().map(Some),
            "CAST" if called => return self.cast().map(Some),
            "EXISTS" if called => return self.exists().map(Some),
            "ARRAY" if postgres => return self.array().map(Some),
            "ROW" if postgres && called => return self.row().map(Some),
            "VALUES" if called => return Err(self.unexpected("an expression")),
            _ if postgres && !called && BARE.contains(&&*word.to_ascii_lowercase()) => {
                Expr::call(word.to_ascii_lowercase(), Vec::new())
            }
            _ => return Ok(None),
        };
        self.next();
        Ok(Some(constant))
    }

    /// A column or a call.
    fn named(&mut self) -> Parsed<Expr> {
        let start = self.position();
        let mut path = vec![self.name()?];
        while self.accept(".") {
            if self.accept("*") {
                return match <[String; 1]>::try_from(path) {
                    Ok([table]) => Ok(Expr::Star(Some(table))),
                    Err(_) => Err(self.error("a qualified star is not held")),
                };
            }
            path.push(self.name()?);
        }
        if self.at_operator("(") {
            let quoted = path.len() == 1 && self.since(start).starts_with('"');
            return self.call(path, start, quoted);
        }
        Ok(Expr::Column(path))
    }

    fn case(&mut self) -> Parsed<Expr> {
        self.next();
        let operand = if self.at_word("WHEN") {
            None
        } else {
            Some(self.boxed()?)
        };
        let mut branches = Vec::new();
        while self.word("WHEN") {
            let when = self.expr()?;
            self.expect_word("THEN")?;
            branches.push((when, self.expr()?));
        }
        if branches.is_empty() {
            return Err(self.unexpected("WHEN"));
        }
        let last = if self.word("ELSE") {
            Some(self.boxed()?)
        } else {
            None
        };
        self.expect_word("END")?;
        Ok(Expr::Case(operand, branches.into(), last))
    }

    fn cast(&mut self) -> Parsed<Expr> {
        self.next();
        self.parenthesised(|cursor| {
            let inner = cursor.expr()?;
            cursor.expect_word("AS")?;
            Ok(cast(inner, cursor.data_type()?))
        })
    }

    fn exists(&mut self) -> Parsed<Expr> {
        self.next();
        let query = self.parenthesised(Self::query)?;
        Ok(Expr::Exists(Shared::new(query)))
    }

    fn array(&mut self) -> Parsed<Expr> {
        self.next();
        if !self.at_operator("[") {
            return Err(self.unexpected("`[`"));
        }
        self.items()
    }

    /// `[a, b]`, and `[[a], [b]]` within an array.
    fn items(&mut self) -> Parsed<Expr> {
        self.level(|cursor| {
            cursor.expect("[")?;
            if cursor.accept("]") {
                return Ok(Expr::Array(List::new()));
            }
            let items = cursor.comma(|cursor| {
                if cursor.at_operator("[") {
                    cursor.items()
                } else {
                    cursor.expr()
                }
            })?;
            cursor.expect("]")?;
            Ok(Expr::Array(items.into()))
        })
    }

    fn row(&mut self) -> Parsed<Expr> {
        self.next();
        let items = self.parenthesised(|cursor| cursor.comma(Self::expr))?;
        if items.len() < 2 {
            return Err(self.error("a row of one value is not held"));
        }
        Ok(Expr::Row(items.into()))
    }

    /// The right side of `= ANY`.
    pub(super) fn quantified(&mut self) -> Parsed<Expr> {
        self.parenthesised(|cursor| {
            if cursor.at_query() {
                let query = cursor.query()?;
                return Ok(Expr::Subquery(Shared::new(query)));
            }
            cursor.expr()
        })
    }
}
