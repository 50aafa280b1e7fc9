//! A file's own `BEGIN` and `COMMIT`.
//!
//! A pair around all statements of a file says what the engine does anyway, and is left out. Where others
//! follow, its `COMMIT` is one: the statement in front of it is the last of its transaction. So is the one
//! that has `SQLite` enforce foreign keys again, if rows may go behind it. Any other control of
//! transactions would end the engine's transaction under its feet, and is an error.

use limosa_core::expr::Lexicon;

use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::split::Piece;

/// A statement, and whether it is committed before the next one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inner<'p, 'a> {
    pub(crate) piece: &'p Piece<'a>,
    pub(crate) commits: bool,
}

/// The statements without `BEGIN` and `COMMIT`.
pub(crate) fn unwrap<'p, 'a>(
    pieces: &'p [Piece<'a>],
    lexicon: &Lexicon,
) -> Result<Vec<Inner<'p, 'a>>, ReadError> {
    let mut inner: Vec<Inner<'p, 'a>> = Vec::new();
    let mut open = None;
    for piece in pieces {
        if open.is_none() && begins(piece, lexicon) {
            open = Some(piece);
        } else if open.is_some() && commits(piece, lexicon) {
            open = None;
            if let Some(last) = inner.last_mut() {
                last.commits = true;
            }
        } else if controls(piece, lexicon) {
            return Err(refusal(piece));
        } else {
            inner.push(Inner {
                piece,
                commits: false,
            });
        }
    }
    match open {
        Some(piece) => Err(refusal(piece)),
        None => Ok(settled(inner, lexicon)),
    }
}

/// The engine commits behind the last statement anyway. Pragmas may stand behind it: `SQLite` has some
/// that do nothing within a transaction, and the engine carries those out where they mean what they say.
/// So it must have committed where others' rows are to go along with those of a statement again.
fn settled<'p, 'a>(mut inner: Vec<Inner<'p, 'a>>, lexicon: &Lexicon) -> Vec<Inner<'p, 'a>> {
    let is = |one: &Inner<'_, '_>, word: &str| Cursor::new(one.piece.text, lexicon).words(word);
    let takes_along = |one: &Inner<'_, '_>| {
        ["DELETE", "UPDATE", "REPLACE", "WITH"]
            .iter()
            .any(|word| is(one, word))
    };
    let (mut is_behind_all, mut rows_follow) = (true, false);
    for one in inner.iter_mut().rev() {
        one.commits &= !is_behind_all;
        one.commits |= rows_follow && enforces(one.piece, lexicon);
        is_behind_all &= is(one, "PRAGMA");
        rows_follow |= takes_along(one);
    }
    inner
}

fn refusal(piece: &Piece<'_>) -> ReadError {
    ReadError::new(format!(
        "`{}` would end or change the transaction that the migration runs in",
        piece.text
    ))
    .on_line(piece.line)
    .hint(
        "only pairs of a plain BEGIN and COMMIT are understood; remove it, or cut the file in two",
    )
}

fn begins(piece: &Piece<'_>, lexicon: &Lexicon) -> bool {
    let mut cursor = Cursor::new(piece.text, lexicon);
    let kinds = ["DEFERRED", "IMMEDIATE", "EXCLUSIVE"];
    let begin = cursor.words("BEGIN") || cursor.words("START TRANSACTION");
    let _ = kinds.iter().any(|kind| cursor.words(kind));
    let _ = cursor.words("TRANSACTION") || cursor.words("WORK");
    begin && cursor.at_end()
}

fn commits(piece: &Piece<'_>, lexicon: &Lexicon) -> bool {
    let mut cursor = Cursor::new(piece.text, lexicon);
    let commit = cursor.words("COMMIT") || cursor.words("END");
    let _ = cursor.words("TRANSACTION") || cursor.words("WORK");
    commit && cursor.at_end()
}

/// `PRAGMA foreign_keys = ON`, in whatever words.
fn enforces(piece: &Piece<'_>, lexicon: &Lexicon) -> bool {
    let mut cursor = Cursor::new(piece.text, lexicon);
    let is_set = cursor.words("PRAGMA")
        && (cursor.object()).is_some_and(|own| own.name.eq_ignore_ascii_case("foreign_keys"))
        && (cursor.operator("=") || cursor.operator("("));
    let on = cursor.next().map(|token| token.text.to_ascii_lowercase());
    is_set && on.is_some_and(|on| matches!(on.as_str(), "on" | "1" | "true" | "yes"))
}

fn controls(piece: &Piece<'_>, lexicon: &Lexicon) -> bool {
    let words = [
        "BEGIN",
        "START TRANSACTION",
        "SET TRANSACTION",
        "COMMIT",
        "END",
        "ROLLBACK",
        "ABORT",
        "SAVEPOINT",
        "RELEASE",
        "PREPARE TRANSACTION",
    ];
    let mut cursor = Cursor::new(piece.text, lexicon);
    words.iter().any(|word| cursor.words(word))
}
