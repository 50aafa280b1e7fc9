//! Which operator comes next, and how tightly it binds.
//!
//! `PostgreSQL`: manual, 4.1.6 "Operator Precedence". `SQLite`: "SQL Language Expressions", section 2.

use super::cursor::Cursor;
use crate::expr::{Negated, Quantifier, Token, TokenKind};

const OR: u8 = 1;
const AND: u8 = 2;
pub(super) const NOT: u8 = 3;
/// `IS`; in `SQLite` all tests of equality.
const IS: u8 = 4;
pub(super) const COMPARE: u8 = 5;
/// `IN`, `BETWEEN`, `LIKE` of `PostgreSQL`.
pub(super) const MEMBER: u8 = 6;
/// All other operators of `PostgreSQL`; the operators on bits of `SQLite`.
pub(super) const OTHER: u8 = 7;
const SUM: u8 = 8;
const PRODUCT: u8 = 9;
/// `^` of `PostgreSQL`; `||` and `->` of `SQLite`.
const POWER: u8 = 10;
const ZONE: u8 = 11;
const COLLATE: u8 = 12;
pub(super) const SIGN: u8 = 13;
pub(super) const SUFFIX: u8 = 14;

/// An operator after an operand, with the number of its tokens.
pub(super) enum Infix {
    Operator(String, usize),
    Is,
    Null(Negated, usize),
    In(Negated, usize),
    Between(Negated, usize),
    Collate,
    Cast,
    Subscript,
}

impl Cursor<'_> {
    /// The operator that comes next and its strength.
    pub(super) fn infix(&self) -> Option<(Infix, u8)> {
        let token = self.peek()?;
        match token.kind {
            TokenKind::Word if self.lexicon.double_colon => self.postgres_word(token),
            TokenKind::Word => self.sqlite_word(token),
            TokenKind::Operator if self.lexicon.double_colon => postgres_operator(token.text),
            TokenKind::Operator => sqlite_operator(token.text),
            _ => None,
        }
    }

    fn postgres_word(&self, token: Token<'_>) -> Option<(Infix, u8)> {
        if self.at_words(&["AT", "TIME", "ZONE"]) {
            return Some((Infix::Operator("AT TIME ZONE".to_owned(), 3), ZONE));
        }
        if token.is_word("OPERATOR") {
            return self.qualified_operator();
        }
        let negated = token.is_word("NOT");
        let like = |word| self.like(word, negated).map(|infix| (infix, MEMBER));
        self.common_word(token, MEMBER)
            .or_else(|| like("LIKE"))
            .or_else(|| like("ILIKE"))
            .or_else(|| like("SIMILAR"))
            .filter(|_| !self.at_words(&["NOT", "NULL"]))
    }

    fn sqlite_word(&self, token: Token<'_>) -> Option<(Infix, u8)> {
        if self.at_words(&["NOT", "NULL"]) {
            return Some((Infix::Null(Negated::Yes, 2), IS));
        }
        let negated = token.is_word("NOT");
        let words = ["LIKE", "GLOB", "MATCH", "REGEXP"];
        self.common_word(token, IS).or_else(|| {
            let found = words.iter().find_map(|word| self.like(word, negated))?;
            Some((found, IS))
        })
    }

    /// The words that both dialects have.
    fn common_word(&self, token: Token<'_>, member: u8) -> Option<(Infix, u8)> {
        let (negated, tokens) = if token.is_word("NOT") {
            (Negated::Yes, 2)
        } else {
            (Negated::No, 1)
        };
        let word = self.ahead(tokens - 1)?.text.to_ascii_uppercase();
        Some(match (word.as_str(), negated) {
            ("IN", _) => (Infix::In(negated, tokens), member),
            ("BETWEEN", _) => (Infix::Between(negated, tokens), member),
            (_, Negated::Yes) => return None,
            ("OR", _) => (Infix::Operator(word, 1), OR),
            ("AND", _) => (Infix::Operator(word, 1), AND),
            ("IS", _) => (Infix::Is, IS),
            ("ISNULL", _) => (Infix::Null(Negated::No, 1), IS),
            ("NOTNULL", _) => (Infix::Null(Negated::Yes, 1), IS),
            ("COLLATE", _) => (Infix::Collate, COLLATE),
            _ => return None,
        })
    }

    /// `[NOT] LIKE` and its kin.
    fn like(&self, word: &str, negated: bool) -> Option<Infix> {
        let tokens = usize::from(negated);
        self.ahead(tokens).filter(|token| token.is_word(word))?;
        let similar = word == "SIMILAR";
        let full = match word {
            "SIMILAR" => "SIMILAR TO",
            // SQLite's LIKE does not mind the case of letters.
            "LIKE" if !self.lexicon.double_colon => "ILIKE",
            word => word,
        };
        let full = if negated {
            format!("NOT {full}")
        } else {
            full.to_owned()
        };
        Some(Infix::Operator(full, tokens + 1 + usize::from(similar)))
    }

    /// `OPERATOR(pg_catalog.=)`, which the catalog prints where a search path hides an operator.
    fn qualified_operator(&self) -> Option<(Infix, u8)> {
        let schema = self.ahead(2)?;
        let plain = self.ahead(1)?.is_operator("(")
            && schema.is_word("pg_catalog")
            && self.ahead(3)?.is_operator(".")
            && self.ahead(5)?.is_operator(")");
        let operator = self.ahead(4).filter(|_| plain)?;
        match postgres_operator(operator.text)? {
            (Infix::Operator(name, _), _) => Some((Infix::Operator(name, 6), OTHER)),
            _ => None,
        }
    }

    /// `ANY`, `SOME` or `ALL` before a parenthesis.
    pub(super) fn quantifier(&mut self) -> Option<Quantifier> {
        if !self.lexicon.double_colon || !self.ahead(1)?.is_operator("(") {
            return None;
        }
        if self.word("ANY") || self.word("SOME") {
            return Some(Quantifier::Any);
        }
        self.word("ALL").then_some(Quantifier::All)
    }
}

fn postgres_operator(text: &str) -> Option<(Infix, u8)> {
    let strength = match text {
        "::" => return Some((Infix::Cast, SUFFIX)),
        "[" => return Some((Infix::Subscript, SUFFIX)),
        "=" | "<" | ">" | "<=" | ">=" | "<>" | "!=" => COMPARE,
        "+" | "-" => SUM,
        "*" | "/" | "%" => PRODUCT,
        "^" => POWER,
        // Names an argument.
        "=>" => return None,
        _ if text
            .bytes()
            .all(|byte| b"+-*/<>=~!@#%^&|`?".contains(&byte)) =>
        {
            OTHER
        }
        _ => return None,
    };
    // The catalog prints LIKE and its kin as the operators that they stand for.
    let name = match text {
        "!=" => "<>",
        "~~" => "LIKE",
        "!~~" => "NOT LIKE",
        "~~*" => "ILIKE",
        "!~~*" => "NOT ILIKE",
        other => other,
    };
    Some((Infix::Operator(name.to_owned(), 1), strength))
}

fn sqlite_operator(text: &str) -> Option<(Infix, u8)> {
    let (name, strength) = match text {
        "=" | "==" => ("=", IS),
        "<>" | "!=" => ("<>", IS),
        "<" | "<=" | ">" | ">=" => (text, COMPARE),
        "&" | "|" | "<<" | ">>" => (text, OTHER),
        "+" | "-" => (text, SUM),
        "*" | "/" | "%" => (text, PRODUCT),
        "||" | "->" | "->>" => (text, POWER),
        _ => return None,
    };
    Some((Infix::Operator(name.to_owned(), 1), strength))
}
