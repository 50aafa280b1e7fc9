//! One statement: from its text to its operations.

use limosa_core::migration::Statement;
use limosa_core::operation::{Operation, Sql};
use limosa_core::shared::Shared;
use sqlparser::ast;
use sqlparser::parser::{Parser, ParserOptions};

use crate::directive::{Verbatim, Wishes};
use crate::error::ReadError;
use crate::language::Language;
use crate::lower::{self, Unheld};
use crate::{guard, verbatim};

/// Reads one statement.
///
/// What the model does not know comes as one [`Operation::Sql`]. If the text looks like a statement that
/// the model knows but cannot be read, [`Statement::unread`] says why.
///
/// # Errors
/// Text that does not begin like a statement of SQL.
pub fn statement(text: &str, language: Language) -> Result<Statement, ReadError> {
    with_wishes(text, 1, language, Wishes::default())
}

/// Reads the statement that starts on `line`, as its directives ask for.
pub(crate) fn with_wishes(
    text: &str,
    line: u32,
    language: Language,
    wishes: Wishes,
) -> Result<Statement, ReadError> {
    let (operations, unread) = match wishes.verbatim {
        Verbatim::No => understand(text, line, language)?,
        Verbatim::Yes => (vec![verbatim::operation(text, language)], None),
        Verbatim::Everywhere => (vec![everywhere(text, language)], None),
    };
    Ok(Statement {
        text: Some(text.to_owned()),
        language: language.id().to_owned(),
        line,
        only: wishes.only,
        accepts: wishes.accepts,
        commits: false,
        operations: operations.into_iter().map(Shared::new).collect(),
        encoded: Vec::new(),
        unread,
    })
}

fn everywhere(text: &str, language: Language) -> Operation {
    let summary = verbatim::summary(text, language);
    let effect = verbatim::effect(text, language);
    Operation::Sql(
        Sql {
            dialect: None,
            summary,
            effect,
            text: text.to_owned(),
        }
        .into(),
    )
}

type Understood = (Vec<Operation>, Option<String>);

fn understand(text: &str, line: u32, language: Language) -> Result<Understood, ReadError> {
    if !verbatim::is_statement(text, language) {
        let first = text.split_whitespace().next().unwrap_or_default();
        return Err(
            ReadError::new(format!("`{first}` does not begin a statement of SQL"))
                .hint("put `-- limosa: verbatim` above it if the database understands it"),
        );
    }
    if let Some(operations) = lower::by_hand(text, language) {
        return Ok((operations, None));
    }
    if let Some(guarded) = guard::inner(text, language)
        && let Ok(operations) = read(guarded, language)
        && let Some(operations) = guard::soften(operations)
    {
        return Ok((operations, None));
    }
    let carried = || vec![verbatim::operation(text, language)];
    if !lower::is_modelled(text, language) || verbatim::writes_to_the_catalog(text, language) {
        return Ok((carried(), None));
    }
    Ok(match read(text, language) {
        Ok(operations) => (operations, None),
        Err(Unread::Unheld(Unheld(what))) => (vec![verbatim::beyond(text, what, language)], None),
        Err(Unread::Syntax(reason)) => (carried(), Some(located(&reason, line))),
    })
}

/// Why a statement of a modelled kind gave no operations.
enum Unread {
    /// The model has no place for a part of it.
    Unheld(Unheld),
    /// It could not be parsed.
    Syntax(String),
}

fn read(text: &str, language: Language) -> Result<Vec<Operation>, Unread> {
    if let Some(operations) = lower::by_hand(text, language) {
        return Ok(operations);
    }
    let read = as_it_stands(text, language);
    if read.is_ok() {
        return read;
    }
    // The parser does not know all that the databases do.
    let Some(apart) = lower::relaxed(text, language) else {
        return read;
    };
    let relaxed = parse(&apart.text, language).map(|tree| lower::lower(tree, text, language));
    match relaxed {
        Ok(Ok(operations)) => Ok(apart.add(operations)),
        Ok(Err(unheld)) => Err(Unread::Unheld(unheld)),
        Err(_) => read,
    }
}

fn as_it_stands(text: &str, language: Language) -> Result<Vec<Operation>, Unread> {
    match parse(text, language) {
        Ok(tree) => lower::lower(tree, text, language).map_err(Unread::Unheld),
        Err(_) if lower::is_known_tail(text, language) => Err(Unread::Unheld(Unheld(
            "a clause that the model has no place for",
        ))),
        Err(reason) => Err(Unread::Syntax(reason)),
    }
}

fn parse(text: &str, language: Language) -> Result<ast::Statement, String> {
    // Printing a string undoes its doubled quotes only if they were left as they are: the printer
    // takes two quotes in a row for one that is escaped already.
    let options = ParserOptions::new().with_unescape(false);
    let mut trees = Parser::new(language.parser())
        .with_options(options)
        .try_with_sql(text)
        .and_then(|mut parser| parser.parse_statements())
        .map_err(|error| error.to_string())?;
    match (trees.pop(), trees.is_empty()) {
        (Some(tree), true) => Ok(tree),
        _ => Err("more than one statement".to_owned()),
    }
}

/// The parser counts lines from the statement's first one; people from the file's.
fn located(reason: &str, line: u32) -> String {
    let reason = reason
        .trim_start_matches("sql parser error: ")
        .trim_start_matches("TokenizerError: ");
    let Some((what, place)) = reason.rsplit_once(" at Line: ") else {
        return format!("line {line}: {reason}");
    };
    let inner: u32 = place
        .split(',')
        .next()
        .and_then(|digits| digits.trim().parse().ok())
        .unwrap_or(1);
    format!("line {}: {what}", line + inner.saturating_sub(1))
}
