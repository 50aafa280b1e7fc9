//! Cutting a text into statements, by its tokens.
//!
//! A semicolon ends a statement unless it stands in a quote, a comment, parentheses (`CREATE RULE`), or
//! the body of a trigger or function ([`body`]); drizzle's `--> statement-breakpoint` always does. Nothing
//! is lost: between the pieces there is only white space, comments and semicolons.

mod body;

use limosa_core::expr::{Lexicon, Token, TokenKind, tokens};

use crate::error::ReadError;
use body::Body;

/// The statements of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pieces<'a> {
    /// The statements in order; empty ones are left out.
    pub statements: Vec<Piece<'a>>,
    /// The comments behind the last statement.
    pub tail: Vec<Note<'a>>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece<'a> {
    /// Its text, from its first word to the one before its semicolon.
    pub text: &'a str,
    /// Where it starts, in bytes.
    pub offset: usize,
    /// The line where it starts, from 1.
    pub line: u32,
    /// The comments in front of it, back to the statement before.
    pub notes: Vec<Note<'a>>,
    /// The comments inside it.
    pub inner: Vec<Note<'a>>,
}

/// One comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Note<'a> {
    /// The comment with its marks.
    pub text: &'a str,
    /// The line where it starts, from 1.
    pub line: u32,
    /// Whether a blank line, or the end of the text, lies between it and the next statement.
    pub detached: bool,
}

/// Cuts a text into statements.
///
/// # Errors
/// A quote or comment without an end, a NUL character, a command of `psql`, rows for `COPY`.
pub fn split<'a>(text: &'a str, lexicon: &Lexicon) -> Result<Pieces<'a>, ReadError> {
    let mut splitter = Splitter::new(text);
    for token in tokens(text, lexicon) {
        splitter.take(token)?;
    }
    splitter.finish()
}

/// drizzle cuts its files here, whether there is a semicolon or not.
const BREAKPOINT: &str = "--> statement-breakpoint";

struct Splitter<'a> {
    text: &'a str,
    pieces: Vec<Piece<'a>>,
    notes: Vec<Note<'a>>,
    open: Option<Open<'a>>,
    line: u32,
}

/// A statement whose semicolon has not come yet.
struct Open<'a> {
    piece: Piece<'a>,
    end: usize,
    parentheses: u32,
    body: Body,
}

impl<'a> Splitter<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            pieces: Vec::new(),
            notes: Vec::new(),
            open: None,
            line: 1,
        }
    }

    fn take(&mut self, token: Token<'a>) -> Result<(), ReadError> {
        if token.text.contains('\0') {
            return Err(ReadError::new("the text holds a NUL character")
                .hint("no database takes one; is the file UTF-16, or no text at all?")
                .on_line(self.line));
        }
        match token.kind {
            TokenKind::Unterminated => return Err(unterminated(&token).on_line(self.line)),
            TokenKind::Comment => self.comment(token)?,
            TokenKind::Space => {}
            _ if token.text.trim_matches('\u{feff}').is_empty() && self.open.is_none() => {}
            _ => self.word(token)?,
        }
        let lines = token.text.bytes().filter(|byte| *byte == b'\n').count();
        self.line += u32::try_from(lines).unwrap_or(u32::MAX);
        Ok(())
    }

    fn comment(&mut self, token: Token<'a>) -> Result<(), ReadError> {
        let note = Note {
            text: token.text.trim_end(),
            line: self.line,
            detached: false,
        };
        if note.text.starts_with(BREAKPOINT) {
            return self.close();
        }
        match &mut self.open {
            Some(open) => open.piece.inner.push(note),
            None => self.notes.push(note),
        }
        Ok(())
    }

    fn word(&mut self, token: Token<'a>) -> Result<(), ReadError> {
        let semicolon = token.text == ";";
        let Some(open) = &mut self.open else {
            return if semicolon { Ok(()) } else { self.start(token) };
        };
        if semicolon && open.parentheses == 0 && open.body.may_end() {
            return self.close();
        }
        open.take(&token);
        Ok(())
    }

    fn start(&mut self, token: Token<'a>) -> Result<(), ReadError> {
        if token.text.starts_with('\\') {
            return Err(
                ReadError::new("a command of psql, which no database understands")
                    .on_line(self.line)
                    .hint("remove the line; a migration holds SQL alone"),
            );
        }
        let mut notes = std::mem::take(&mut self.notes);
        mark_detached(&mut notes, self.line);
        let mut open = Open {
            piece: Piece {
                text: "",
                offset: token.offset,
                line: self.line,
                notes,
                inner: Vec::new(),
            },
            end: token.offset,
            parentheses: 0,
            body: Body::default(),
        };
        open.take(&token);
        self.open = Some(open);
        Ok(())
    }

    fn close(&mut self) -> Result<(), ReadError> {
        let Some(Open { mut piece, end, .. }) = self.open.take() else {
            return Ok(());
        };
        piece.text = &self.text[piece.offset..end];
        refuse_copy(&piece)?;
        self.pieces.push(piece);
        Ok(())
    }

    fn finish(mut self) -> Result<Pieces<'a>, ReadError> {
        self.close()?;
        mark_detached(&mut self.notes, u32::MAX);
        Ok(Pieces {
            statements: self.pieces,
            tail: self.notes,
        })
    }
}

impl Open<'_> {
    fn take(&mut self, token: &Token<'_>) {
        self.end = token.offset + token.text.len();
        match token.text {
            "(" => self.parentheses += 1,
            ")" => self.parentheses = self.parentheses.saturating_sub(1),
            _ if token.kind == TokenKind::Word => self.body.take(token.text),
            _ => self.body.other(token.text),
        }
    }
}

/// Marks the comments that a blank line parts from the statement on line `next`.
fn mark_detached(notes: &mut [Note<'_>], next: u32) {
    let mut below = next;
    let mut detached = false;
    for note in notes.iter_mut().rev() {
        let height = note.text.bytes().filter(|byte| *byte == b'\n').count();
        let last = note.line + u32::try_from(height).unwrap_or(0);
        detached |= below > last.saturating_add(1);
        note.detached = detached;
        below = note.line;
    }
}

fn unterminated(token: &Token<'_>) -> ReadError {
    let what = match token.text.as_bytes() {
        [b'/', ..] => "a comment",
        [b'"' | b'`' | b'[', ..] => "a quoted name",
        _ => "a quoted string",
    };
    ReadError::new(format!("{what} begins here and has no end"))
}

fn refuse_copy(piece: &Piece<'_>) -> Result<(), ReadError> {
    let mut words = piece.text.split_ascii_whitespace();
    let copy = words
        .next()
        .is_some_and(|word| word.eq_ignore_ascii_case("copy"));
    let stdin = words.any(|word| word.eq_ignore_ascii_case("stdin"));
    if copy && stdin {
        return Err(
            ReadError::new("COPY FROM STDIN: its rows are no part of the SQL text")
                .on_line(piece.line)
                .hint("write the rows as INSERT statements"),
        );
    }
    Ok(())
}
