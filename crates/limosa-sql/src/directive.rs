//! Directives: what comments say to Limosa.
//!
//! A directive is a comment of its own, `-- limosa: ...`, in front of a statement. One that stands right
//! above a statement (other comments may lie between) speaks of that statement. One that a blank line or
//! the end of the file follows speaks of the whole file, and stands in front of its first statement.
//! `no transaction` and `dialect` always speak of the whole file.
//!
//! The markers of other tools that switch the transaction off are understood too.

use limosa_core::expr::{Lexicon, TokenKind, tokens};
use limosa_core::migration::Accepts;

use crate::error::ReadError;
use crate::language::Language;
use crate::section::line_of;
use crate::split::{Note, Pieces};

/// One directive.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Directive {
    /// `only postgres`, `only postgres, sqlite`.
    Only(Vec<String>),
    /// `no transaction`.
    NoTransaction,
    /// `verbatim`, `verbatim everywhere`.
    Verbatim(Verbatim),
    /// `accept loss`.
    AcceptLoss,
    /// `dialect sqlite`.
    Dialect(Language),
}

/// Whether a statement is to be understood.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Verbatim {
    /// As far as the model goes.
    #[default]
    No,
    /// Not at all: its text is for the dialect that it is written in.
    Yes,
    /// Not at all: its author says that every database understands it.
    Everywhere,
}

/// What directives say about a statement.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wishes {
    pub(crate) only: Vec<String>,
    pub(crate) verbatim: Verbatim,
    pub(crate) accepts: Accepts,
}

/// What directives say about a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileWishes {
    pub(crate) no_transaction: bool,
    /// What holds for each of its statements.
    pub(crate) each: Wishes,
}

/// The language that a file says it is written in, in front of its first statement.
pub(crate) fn language(text: &str, lexicon: &Lexicon) -> Result<Option<Language>, ReadError> {
    let mut language = None;
    let head = tokens(text, lexicon)
        .into_iter()
        .take_while(|token| matches!(token.kind, TokenKind::Space | TokenKind::Comment));
    for token in head.filter(|token| token.kind == TokenKind::Comment) {
        let note = Note {
            text: token.text.trim_end(),
            line: line_of(text, token.offset),
            detached: true,
        };
        if let Some(Directive::Dialect(found)) = read(&note)? {
            language = Some(found);
        }
    }
    Ok(language)
}

/// The directives of a file.
pub(crate) fn of_file(pieces: &Pieces<'_>) -> Result<FileWishes, ReadError> {
    let mut wishes = FileWishes::default();
    let head = match pieces.statements.first() {
        Some(first) => &first.notes,
        None => &pieces.tail,
    };
    for note in head {
        wishes.no_transaction |= foreign_no_transaction(note.text);
        match read(note)? {
            Some(Directive::NoTransaction) => wishes.no_transaction = true,
            Some(directive) if note.detached => wishes.each.add(directive),
            _ => {}
        }
    }
    refuse_misplaced(pieces)?;
    Ok(wishes)
}

/// The directives of a statement, on top of its file's.
pub(crate) fn of_statement(notes: &[Note<'_>], file: &Wishes) -> Result<Wishes, ReadError> {
    let mut own = Wishes::default();
    for note in notes.iter().filter(|note| !note.detached) {
        if let Some(directive) = read(note)? {
            own.add(directive);
        }
    }
    Ok(own.or(file))
}

impl Wishes {
    /// These, and where they say nothing, the others.
    pub(crate) fn or(mut self, others: &Self) -> Self {
        if self.only.is_empty() {
            self.only.clone_from(&others.only);
        }
        if self.verbatim == Verbatim::No {
            self.verbatim = others.verbatim;
        }
        if self.accepts == Accepts::Nothing {
            self.accepts = others.accepts;
        }
        self
    }

    fn add(&mut self, directive: Directive) {
        match directive {
            Directive::Only(only) => self.only = only,
            Directive::Verbatim(verbatim) => self.verbatim = verbatim,
            Directive::AcceptLoss => self.accepts = Accepts::Loss,
            Directive::NoTransaction | Directive::Dialect(_) => {}
        }
    }
}

/// A directive where nothing would listen to it is an error.
fn refuse_misplaced(pieces: &Pieces<'_>) -> Result<(), ReadError> {
    let later = pieces
        .statements
        .iter()
        .skip(1)
        .flat_map(|piece| &piece.notes);
    for note in later {
        match read(note)? {
            Some(Directive::Dialect(_) | Directive::NoTransaction) => {
                return Err(misplaced(note, "it speaks of the whole file"));
            }
            Some(_) if note.detached => return Err(misplaced(note, "a blank line follows it")),
            _ => {}
        }
    }
    let tail = (!pieces.statements.is_empty()).then_some(&pieces.tail);
    let inner = pieces.statements.iter().flat_map(|piece| &piece.inner);
    for note in inner.chain(tail.into_iter().flatten()) {
        if read(note)?.is_some() {
            return Err(misplaced(note, "no statement follows it"));
        }
    }
    Ok(())
}

fn misplaced(note: &Note<'_>, why: &str) -> ReadError {
    ReadError::new(format!("a directive in the wrong place: {why}"))
        .on_line(note.line)
        .hint(
            "put it right above its statement, or, for the whole file, before the first statement \
             with a blank line behind it",
        )
}

fn read(note: &Note<'_>) -> Result<Option<Directive>, ReadError> {
    let text = bare(note.text);
    let Some(words) = strip_prefix(text, "limosa:") else {
        return Ok(None);
    };
    parse(words.trim()).map(Some).ok_or_else(|| {
        ReadError::new(format!("unknown directive `{text}`"))
            .on_line(note.line)
            .hint(
                "known: only <dialect>, no transaction, verbatim, verbatim everywhere, accept loss, \
                 dialect <dialect>",
            )
    })
}

fn parse(words: &str) -> Option<Directive> {
    let lower = words.to_ascii_lowercase();
    match lower.split_whitespace().collect::<Vec<_>>().as_slice() {
        ["no", "transaction"] => Some(Directive::NoTransaction),
        ["accept", "loss"] => Some(Directive::AcceptLoss),
        ["verbatim"] => Some(Directive::Verbatim(Verbatim::Yes)),
        ["verbatim", "everywhere"] => Some(Directive::Verbatim(Verbatim::Everywhere)),
        ["dialect", name] => Language::from_name(name).map(Directive::Dialect),
        ["only", names @ ..] if !names.is_empty() => only(&names.join(" ")),
        _ => None,
    }
}

fn only(names: &str) -> Option<Directive> {
    let names = names.split([',', ' ']).filter(|name| !name.is_empty());
    names
        .map(|name| Some(Language::from_name(name)?.id().to_owned()))
        .collect::<Option<Vec<_>>>()
        .map(Directive::Only)
}

/// `sqlx`, `goose`, `atlas`, `postgres-migrations` and `dbmate`, in this order.
fn foreign_no_transaction(comment: &str) -> bool {
    let text = bare(comment).to_ascii_lowercase();
    let words: Vec<_> = text.split_whitespace().collect();
    match words.as_slice() {
        ["no-transaction", ..]
        | ["+goose", "no", "transaction"]
        | ["atlas:txmode", "none"]
        | ["postgres-migrations", "disable-transaction"] => true,
        ["migrate:up" | "migrate:down", options @ ..] => options.contains(&"transaction:false"),
        _ => false,
    }
}

fn bare(comment: &str) -> &str {
    let inner = comment
        .strip_prefix("--")
        .or_else(|| comment.strip_prefix("/*")?.strip_suffix("*/"));
    inner.unwrap_or(comment).trim()
}

fn strip_prefix<'a>(text: &'a str, prefix: &str) -> Option<&'a str> {
    let (head, tail) = text.split_at_checked(prefix.len())?;
    head.eq_ignore_ascii_case(prefix).then_some(tail)
}
