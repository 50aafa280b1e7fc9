//! Expressions: operands and the operators between them.

use super::Parsed;
use super::cursor::Cursor;
use super::infix::{COMPARE, Infix, MEMBER, NOT, OTHER, SIGN};
use super::literal::cast;
use crate::expr::{Expr, Negated};
use crate::shared::Shared;

impl Cursor<'_> {
    pub(super) fn expr(&mut self) -> Parsed<Expr> {
        self.binding(0)
    }

    pub(super) fn boxed(&mut self) -> Parsed<Shared<Expr>> {
        self.expr().map(Shared::new)
    }

    /// An expression whose operators bind at least as tightly as `least`.
    pub(super) fn binding(&mut self, least: u8) -> Parsed<Expr> {
        self.level(|cursor| {
            let mut left = cursor.prefix()?;
            while let Some((infix, strength)) = cursor.infix() {
                if strength < least {
                    break;
                }
                left = cursor.after(left, infix, strength)?;
                cursor.link()?;
            }
            Ok(left)
        })
    }

    fn prefix(&mut self) -> Parsed<Expr> {
        if self.word("NOT") {
            let inner = self.binding(NOT)?;
            return Ok(Expr::Unary("NOT".to_owned(), Shared::new(inner)));
        }
        match self.prefix_operator() {
            Some((operator, strength)) => {
                self.next();
                let inner = self.binding(strength)?;
                Ok(signed(operator, inner))
            }
            None => self.primary(),
        }
    }

    /// The operator with which an operand may start.
    fn prefix_operator(&self) -> Option<(String, u8)> {
        let token = self.peek()?;
        let named = |text: &str| token.is_operator(text);
        if named("-") || named("+") {
            return Some((token.text.to_owned(), SIGN));
        }
        let prefix = if self.lexicon.double_colon {
            named("~") || named("@") || named("|/") || named("||/")
        } else {
            named("~")
        };
        let strength = if self.lexicon.double_colon {
            OTHER + 1
        } else {
            SIGN
        };
        prefix.then(|| (token.text.to_owned(), strength))
    }

    /// The operator that comes next has an operand on its left: reads the rest.
    fn after(&mut self, left: Expr, infix: Infix, strength: u8) -> Parsed<Expr> {
        let left = Shared::new(left);
        match infix {
            Infix::Operator(operator, tokens) => {
                self.skip(tokens);
                self.operation(left, operator, strength)
            }
            Infix::Is => self.is(left, strength),
            Infix::Null(negated, tokens) => {
                self.skip(tokens);
                Ok(Expr::Is(left, "NULL".to_owned(), negated))
            }
            Infix::In(negated, tokens) => {
                self.skip(tokens);
                self.within(left, negated)
            }
            Infix::Between(negated, tokens) => {
                self.skip(tokens);
                self.between(left, negated)
            }
            Infix::Collate => {
                self.next();
                Ok(Expr::Collate(left, self.collation()?))
            }
            Infix::Cast => {
                self.next();
                let to = self.data_type()?;
                Ok(cast(left.into_inner(), to))
            }
            Infix::Subscript => {
                self.next();
                let index = self.boxed()?;
                self.expect("]")?;
                Ok(Expr::Subscript(left, index))
            }
        }
    }

    fn skip(&mut self, tokens: usize) {
        self.back(self.position() + tokens);
    }

    fn operation(&mut self, left: Shared<Expr>, operator: String, strength: u8) -> Parsed<Expr> {
        if let Some(quantifier) = self.quantifier() {
            let right = self.quantified()?;
            return Ok(Expr::Quantified(
                left,
                operator,
                quantifier,
                Shared::new(right),
            ));
        }
        let mut right = self.binding(strength + 1)?;
        let pattern = operator.ends_with("LIKE") || operator.ends_with("SIMILAR TO");
        if pattern && self.word("ESCAPE") {
            let escape = self.binding(MEMBER + 1)?;
            right = Expr::call(escape_of(&operator), vec![right, escape]);
        }
        Ok(Expr::Binary(left, operator, Shared::new(right)))
    }

    fn is(&mut self, left: Shared<Expr>, strength: u8) -> Parsed<Expr> {
        self.next();
        let negated = if self.word("NOT") {
            Negated::Yes
        } else {
            Negated::No
        };
        if self.words(&["DISTINCT", "FROM"]) {
            return self.distinct(left, negated, strength);
        }
        if !self.lexicon.double_colon {
            return self.is_same(left, negated, strength);
        }
        for word in ["NULL", "TRUE", "FALSE"] {
            if self.word(word) {
                return Ok(Expr::Is(left, word.to_owned(), negated));
            }
        }
        if self.word("UNKNOWN") {
            // Of a boolean, the same as NULL (manual, 9.2).
            return Ok(Expr::Is(left, "NULL".to_owned(), negated));
        }
        Err(self.unexpected("NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM"))
    }

    /// `IS` of `SQLite` compares any two values; only a word alone on its right makes the predicate.
    fn is_same(&mut self, left: Shared<Expr>, negated: Negated, strength: u8) -> Parsed<Expr> {
        let start = self.position();
        let word = self.peek().map(|token| token.text.to_ascii_uppercase());
        let operator = match negated {
            Negated::No => "IS NOT DISTINCT FROM",
            Negated::Yes => "IS DISTINCT FROM",
        };
        let right = self.binding(strength + 1)?;
        match (&right, word) {
            (Expr::Null | Expr::Bool(_), Some(word)) if self.position() == start + 1 => {
                Ok(Expr::Is(left, word, negated))
            }
            _ => Ok(Expr::Binary(left, operator.to_owned(), Shared::new(right))),
        }
    }

    fn distinct(&mut self, left: Shared<Expr>, negated: Negated, strength: u8) -> Parsed<Expr> {
        let operator = match negated {
            Negated::No => "IS DISTINCT FROM",
            Negated::Yes => "IS NOT DISTINCT FROM",
        };
        let right = self.binding(strength + 1)?;
        Ok(Expr::Binary(left, operator.to_owned(), Shared::new(right)))
    }

    fn within(&mut self, left: Shared<Expr>, negated: Negated) -> Parsed<Expr> {
        self.parenthesised(|cursor| {
            // In SQLite, a query in parentheses of its own is one value.
            let value = !cursor.lexicon.double_colon && cursor.at_operator("(");
            if !value && cursor.at_query() {
                let query = cursor.query()?;
                return Ok(Expr::InQuery(left, Shared::new(query), negated));
            }
            let empty = cursor.at_operator(")") && !cursor.lexicon.double_colon;
            let items = if empty {
                Vec::new()
            } else {
                cursor.comma(Self::expr)?
            };
            Ok(Expr::In(left, items.into(), negated))
        })
    }

    fn between(&mut self, left: Shared<Expr>, negated: Negated) -> Parsed<Expr> {
        if self.at_word("SYMMETRIC") {
            return Err(self.error("BETWEEN SYMMETRIC is not held"));
        }
        self.word("ASYMMETRIC");
        let least = if self.lexicon.double_colon {
            MEMBER + 1
        } else {
            COMPARE + 1
        };
        let low = Shared::new(self.binding(least)?);
        self.expect_word("AND")?;
        let high = Shared::new(self.binding(least)?);
        Ok(Expr::Between(left, low, high, negated))
    }

    fn collation(&mut self) -> Parsed<String> {
        let mut name = self.name()?;
        while self.accept(".") {
            let inner = self.name()?;
            name = if name == "pg_catalog" {
                inner
            } else {
                format!("{name}.{inner}")
            };
        }
        Ok(name)
    }
}

fn escape_of(operator: &str) -> &'static str {
    if operator.ends_with("LIKE") {
        "like_escape"
    } else {
        "similar_to_escape"
    }
}

/// A sign in front of a number is part of it.
fn signed(operator: String, inner: Expr) -> Expr {
    match inner {
        Expr::Number(digits) if operator == "-" && !digits.starts_with('-') => {
            Expr::Number(format!("-{digits}"))
        }
        inner => Expr::Unary(operator, Shared::new(inner)),
    }
}
