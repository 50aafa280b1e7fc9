//! Expressions and queries, neutral of dialect: defaults, checks, predicates, views, rows.
//!
//! One tree serves three purposes: to carry an expression from the dialect that it was written in
//! to another, to compare what a file says with what a catalog gives back, and to rename a column
//! wherever it is mentioned. What the tree cannot hold is kept as [`Expr::Verbatim`]: comparable as
//! text, and renderable only in its own dialect.

mod clock;
mod copy;
mod lex;
mod normal;
mod parse;
mod query;
#[cfg(test)]
mod random;
mod rename;
mod render;
#[cfg(test)]
mod testing;
mod walk;

use serde::{Deserialize, Serialize};

use crate::datatype::DataType;
use crate::shared::{List, Shared};

pub use lex::{Fold, Lexicon, Token, TokenKind, tokens};
pub use parse::ParseError;
pub use query::{Body, Cte, Join, JoinKind, Ordering, Query, Relation, Select, SetOp, With};
pub use render::{Render, render, render_query, render_with, standard_call};
pub use walk::Part;

/// An expression of SQL.
#[derive(Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Expr {
    /// `NULL`.
    Null,
    /// `TRUE` or `FALSE`.
    Bool(bool),
    /// A number, as written; a minus sign directly in front of it is part of it.
    Number(String),
    /// A string, unescaped.
    String(String),
    /// Bytes (`'\x..'::bytea`, `X'..'`).
    Bytes(Vec<u8>),
    /// A column, possibly qualified: `[table, column]`; names are resolved.
    Column(Vec<String>),
    /// `*` or `table.*`.
    Star(Option<String>),
    /// The start of the transaction as an instant: `now()`, `CURRENT_TIMESTAMP`.
    Now,
    /// `CURRENT_DATE`.
    Today,
    /// `CURRENT_TIME`.
    TimeOfDay,
    /// A function call.
    Call(Call),
    /// A prefix operator: `-`, `+`, `~`, `NOT`.
    Unary(String, Shared<Expr>),
    /// An infix operator, in upper case: `=`, `<>`, `||`, `AND`, `->>`, `LIKE`, `NOT LIKE`,
    /// `IS DISTINCT FROM`, `AT TIME ZONE` ...
    Binary(Shared<Expr>, String, Shared<Expr>),
    /// `x IS [NOT] NULL`, `TRUE`, `FALSE`: the word in upper case, and whether negated.
    Is(Shared<Expr>, String, Negated),
    /// `x [NOT] IN (a, b)`.
    In(Shared<Expr>, List<Expr>, Negated),
    /// `x [NOT] IN (SELECT ...)`.
    InQuery(Shared<Expr>, Shared<Query>, Negated),
    /// `x = ANY (y)`: the operator as in [`Expr::Binary`]; `y` is an array, or an
    /// [`Expr::Subquery`] whose rows are compared one by one.
    Quantified(Shared<Expr>, String, Quantifier, Shared<Expr>),
    /// `x [NOT] BETWEEN low AND high`.
    Between(Shared<Expr>, Shared<Expr>, Shared<Expr>, Negated),
    /// `CASE [operand] WHEN .. THEN .. [ELSE ..] END`.
    Case(
        Option<Shared<Expr>>,
        List<(Expr, Expr)>,
        Option<Shared<Expr>>,
    ),
    /// `CAST(x AS type)`, `x::type`.
    Cast(Shared<Expr>, DataType),
    /// `x COLLATE name`.
    Collate(Shared<Expr>, String),
    /// `EXISTS (SELECT ...)`.
    Exists(Shared<Query>),
    /// `(SELECT ...)` as a value.
    Subquery(Shared<Query>),
    /// `ARRAY[a, b]`.
    Array(List<Expr>),
    /// `array[index]`.
    Subscript(Shared<Expr>, Shared<Expr>),
    /// `(a, b)`, of two items or more.
    Row(List<Expr>),
    /// Text that the tree cannot hold, in the dialect named.
    Verbatim {
        /// The dialect's identifier, such as `postgres`.
        dialect: String,
        /// The text as written.
        text: String,
    },
}

/// Whether `NOT` stands in a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Negated {
    /// Without `NOT`.
    No,
    /// With `NOT`.
    Yes,
}

/// How many of the compared values must satisfy an operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Quantifier {
    /// `ANY`, `SOME`.
    Any,
    /// `ALL`.
    All,
}

/// A function call.
///
/// The standard's own call syntaxes read as plain calls: `EXTRACT(year FROM x)` as
/// `extract('year', x)`, `POSITION(a IN b)` as `position(a, b)`, `TRIM(LEADING a FROM b)` as
/// `ltrim(b, a)`, `SUBSTRING(a FROM 1 FOR 2)` as `substring(a, 1, 2)`, and values without
/// parentheses, such as `CURRENT_USER`, as calls without arguments.
/// `x LIKE y ESCAPE e` is `x LIKE like_escape(y, e)`, as `PostgreSQL`'s catalog has it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Call {
    /// The name, in lower case unless it was quoted; a schema in front of it is kept with a dot.
    pub name: String,
    /// The arguments; `count(*)` has one [`Expr::Star`].
    pub args: List<Expr>,
    /// Whether `DISTINCT` stands before the arguments.
    pub distinct: bool,
    /// `FILTER (WHERE ...)`.
    pub filter: Option<Shared<Expr>>,
}

impl Expr {
    /// A column by its own name.
    pub fn column(name: impl Into<String>) -> Self {
        Self::Column(vec![name.into()])
    }

    /// A call without `DISTINCT` or `FILTER`.
    pub fn call(name: impl Into<String>, args: Vec<Self>) -> Self {
        Self::Call(Call {
            name: name.into(),
            args: args.into(),
            distinct: false,
            filter: None,
        })
    }

    /// An infix operation.
    pub fn binary(left: Self, operator: &str, right: Self) -> Self {
        Self::Binary(Shared::new(left), operator.to_owned(), Shared::new(right))
    }
}
