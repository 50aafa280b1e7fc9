//! What stands between the parentheses of `embed!`.

use limosa_sql::Language;
use proc_macro::{TokenStream, TokenTree};

use crate::problem::Problem;

/// `"path", language = "sqlite", crate = some::path`.
pub(crate) struct Input {
    /// The directory.
    pub(crate) path: String,
    /// The language of files that do not say.
    pub(crate) language: Language,
    /// Where `Migrations` is found, as source text.
    pub(crate) types: String,
}

impl Input {
    pub(crate) fn parse(tokens: TokenStream) -> Result<Self, Problem> {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_comma =
            |token: &TokenTree| matches!(token, TokenTree::Punct(p) if p.as_char() == ',');
        let mut parts = tokens.split(is_comma);
        let path = match parts.next() {
            Some([TokenTree::Literal(literal)]) => string(&literal.to_string())?,
            _ => {
                return Err(Problem::from(
                    "embed! takes the path of a directory as a string",
                ));
            }
        };
        let mut input = Self {
            path,
            language: Language::default(),
            types: "::limosa".to_owned(),
        };
        for part in parts.filter(|part| !part.is_empty()) {
            input.option(part)?;
        }
        Ok(input)
    }

    fn option(&mut self, part: &[TokenTree]) -> Result<(), Problem> {
        let unknown =
            || Problem::from("embed! takes the options `language = \"...\"` and `crate = path`");
        let [TokenTree::Ident(key), TokenTree::Punct(equals), value @ ..] = part else {
            return Err(unknown());
        };
        match (key.to_string().as_str(), equals.as_char(), value) {
            ("language", '=', [TokenTree::Literal(name)]) => {
                let name = string(&name.to_string())?;
                self.language = Language::from_name(&name).ok_or_else(|| {
                    Problem::from(format!("`{name}` is no language of migrations"))
                })?;
            }
            ("crate", '=', [_, ..]) => {
                self.types = value.iter().cloned().collect::<TokenStream>().to_string();
            }
            _ => return Err(unknown()),
        }
        Ok(())
    }
}

/// The text of a plain or raw string literal without escapes, as paths are.
fn string(literal: &str) -> Result<String, Problem> {
    let inner = literal
        .trim_start_matches('r')
        .trim_matches('#')
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(text) if literal.starts_with('r') || !text.contains('\\') => Ok(text.to_owned()),
        _ => Err(Problem::from("embed! takes strings without escapes")),
    }
}
