//! What goes wrong, as compile errors.

use std::fmt;

use limosa_core::migration::{Migration, Script, Statement};
use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// A message for the caller's build.
#[derive(Debug)]
pub(crate) struct Problem(String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<T: Into<String>> From<T> for Problem {
    fn from(message: T) -> Self {
        Self(message.into())
    }
}

impl Problem {
    /// `::core::compile_error! { "..." }`.
    pub(crate) fn compile_error(&self) -> TokenStream {
        let span = Span::call_site();
        let message = TokenTree::from(Literal::string(&self.0));
        let colons = || {
            [
                TokenTree::from(Punct::new(':', Spacing::Joint)),
                TokenTree::from(Punct::new(':', Spacing::Alone)),
            ]
        };
        colons()
            .into_iter()
            .chain([Ident::new("core", span).into()])
            .chain(colons())
            .chain([
                Ident::new("compile_error", span).into(),
                Punct::new('!', Spacing::Alone).into(),
                Group::new(Delimiter::Brace, message.into()).into(),
            ])
            .collect()
    }
}

/// The statements of a migration that should have been understood.
pub(crate) fn unread(migration: &Migration) -> Vec<String> {
    let of_script = |script: &Script| {
        let down = script.down.iter().flat_map(|down| {
            let path = down.path.as_deref();
            down.statements
                .iter()
                .filter_map(move |one| describe(path, one))
        });
        let path = script.path.as_deref();
        let up = script.up.iter().filter_map(move |one| describe(path, one));
        up.chain(down).collect::<Vec<_>>()
    };
    migration.scripts.iter().flat_map(of_script).collect()
}

fn describe(path: Option<&str>, statement: &Statement) -> Option<String> {
    let reason = statement.unread.as_ref()?;
    Some(format!(
        "{}:{}: cannot be read: {reason}; if the database understands it, put `-- limosa: verbatim` \
         above it",
        path.unwrap_or_default(),
        statement.line,
    ))
}
