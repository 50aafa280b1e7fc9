//! Names, types and expressions of `sqlparser`'s tree in the model's words.

use std::borrow::Cow;

use limosa_core::datatype::DataType;
use limosa_core::expr::{Expr, Lexicon, Query, Relation};
use limosa_core::name::{Case, ObjectName};
use limosa_core::shared::Shared;
use sqlparser::ast;

use super::{Lowered, Unheld};
use crate::language::Language;

/// How the text of a language names things.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    pub(super) language: Language,
}

impl Names {
    pub(super) fn new(language: Language) -> Self {
        Self { language }
    }

    pub(super) fn lexicon(self) -> &'static Lexicon {
        self.language.lexicon()
    }

    /// How names compare.
    pub(super) fn case(self) -> Case {
        match self.language {
            Language::Postgres => Case::Sensitive,
            Language::Sqlite => Case::Insensitive,
        }
    }

    /// An identifier as its database holds it.
    pub(super) fn ident(self, ident: &ast::Ident) -> String {
        match ident.quote_style {
            Some(quote) => {
                let name = ident
                    .value
                    .replace(&format!("{quote}{quote}"), &quote.to_string());
                self.lexicon().cut(&name).to_owned()
            }
            None => self.lexicon().unquoted(&ident.value),
        }
    }

    pub(super) fn idents(self, idents: &[ast::Ident]) -> Vec<String> {
        idents.iter().map(|ident| self.ident(ident)).collect()
    }

    fn parts(self, name: &ast::ObjectName) -> Lowered<Vec<String>> {
        let part = |part: &ast::ObjectNamePart| match part {
            ast::ObjectNamePart::Identifier(ident) => Ok(self.ident(ident)),
            ast::ObjectNamePart::Function(_) => Err(Unheld("a name that is computed")),
        };
        name.0.iter().map(part).collect()
    }

    /// A name with at most one schema in front of it.
    pub(super) fn object(self, name: &ast::ObjectName) -> Lowered<ObjectName> {
        match self.parts(name)?.as_slice() {
            [name] => Ok(ObjectName::new(name)),
            [schema, name] => Ok(ObjectName::qualified(schema, name)),
            _ => Err(Unheld("a name of more than two parts")),
        }
    }

    /// A name without a schema.
    pub(super) fn single(self, name: &ast::ObjectName) -> Lowered<String> {
        match self.parts(name)?.as_slice() {
            [name] => Ok(name.clone()),
            _ => Err(Unheld("a qualified name")),
        }
    }

    /// A collation; the schema of the built-in ones says nothing.
    pub(super) fn collation(self, name: &ast::ObjectName) -> Lowered<String> {
        let parts = self.parts(name)?;
        match parts.as_slice() {
            [schema, name] if schema == "pg_catalog" => Ok(name.clone()),
            parts => Ok(parts.join(".")),
        }
    }

    pub(super) fn expr(self, expr: &ast::Expr) -> Expr {
        Expr::parse(&expr.to_string(), self.lexicon())
    }

    /// A default; `NULL`, whatever it is cast to, is none.
    pub(super) fn default(self, expr: &ast::Expr) -> Option<Expr> {
        // SQLite takes a word for a string where no column can be meant ("Quirks", section 8).
        let default = match (self.language, self.expr(expr)) {
            (Language::Sqlite, Expr::Column(path)) if path.len() == 1 => {
                Expr::String(path.concat())
            }
            (_, other) => other,
        };
        let mut inner = &default;
        while let Expr::Cast(operand, _) = inner {
            inner = operand;
        }
        (*inner != Expr::Null).then_some(default)
    }

    pub(super) fn query(self, text: &str) -> Lowered<Shared<Query>> {
        Query::parse(text, self.lexicon())
            .map(Shared::new)
            .map_err(|_| Unheld("a query"))
    }

    /// The items of a `FROM` clause.
    pub(super) fn relations(self, from: &[ast::TableWithJoins]) -> Lowered<Vec<Relation>> {
        if from.is_empty() {
            return Ok(Vec::new());
        }
        let items: Vec<_> = from.iter().map(ToString::to_string).collect();
        let query = self.query(&format!("SELECT 1 FROM {}", items.join(", ")))?;
        match query.into_inner().body {
            limosa_core::expr::Body::Select(select) => Ok(select.into_inner().from.into()),
            _ => Err(Unheld("a relation")),
        }
    }

    pub(super) fn data_type(self, data_type: &ast::DataType) -> DataType {
        let text = data_type.to_string();
        match self.language {
            Language::Postgres => DataType::parse(&text, self.lexicon()),
            Language::Sqlite => declared(&text),
        }
    }
}

/// A type of `SQLite`: any words are one, with quotes and without, and case does not count. One that the model
/// does not know is held in upper case, as the driver reads it from the catalog.
fn declared(text: &str) -> DataType {
    let bare = unquoted(text).unwrap_or(Cow::Borrowed(text));
    match DataType::parse(&bare, Language::Sqlite.lexicon()) {
        DataType::Other(name) => DataType::Other(name.to_ascii_uppercase()),
        known => known,
    }
}

/// A text whose first word is in quotes without them.
fn unquoted(text: &str) -> Option<Cow<'_, str>> {
    let close = match text.chars().next()? {
        '"' => '"',
        '`' => '`',
        '[' => ']',
        _ => return None,
    };
    let (name, rest) = text[1..].split_once(close)?;
    Some(Cow::Owned(format!("{name}{rest}")))
}
