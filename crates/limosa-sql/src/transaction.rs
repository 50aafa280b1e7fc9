//! A file's own `BEGIN` and `COMMIT`.
//!
//! A pair around all statements of a file, but for pragmas, says what the engine does anyway, and is left out. Any other
//! control of transactions would end the engine's transaction under its feet, and is an error.

use limosa_core::expr::Lexicon;

use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::split::Piece;

/// The statements without the pair that wraps them.
///
/// Pragmas may stand around the pair: `SQLite` has some that do nothing within a transaction, and the
/// engine carries those out where they mean what they say.
pub(crate) fn unwrap<'p, 'a>(
    pieces: &'p [Piece<'a>],
    lexicon: &Lexicon,
) -> Result<Vec<&'p Piece<'a>>, ReadError> {
    let is_pragma = |piece: &&Piece<'_>| Cursor::new(piece.text, lexicon).words("PRAGMA");
    let front = pieces.iter().take_while(is_pragma).count();
    let behind = pieces.iter().rev().take_while(is_pragma).count();
    let pair = pieces
        .len()
        .checked_sub(behind + 1)
        .filter(|last| *last > front)
        .filter(|last| begins(&pieces[front], lexicon) && commits(&pieces[*last], lexicon));
    let is_of_pair = |at: usize| pair.is_some_and(|last| at == front || at == last);
    let inner: Vec<&Piece<'a>> = (pieces.iter().enumerate())
        .filter(|(at, _)| !is_of_pair(*at))
        .map(|(_, piece)| piece)
        .collect();
    match inner.iter().find(|piece| controls(piece, lexicon)) {
        Some(piece) => Err(refusal(piece)),
        None => Ok(inner),
    }
}

fn refusal(piece: &Piece<'_>) -> ReadError {
    ReadError::new(format!(
        "`{}` would end or change the transaction that the migration runs in",
        piece.text
    ))
    .on_line(piece.line)
    .hint(
        "only one pair of BEGIN and COMMIT around the whole file, or with pragmas around it, is \
         understood; remove it, or cut the file in two",
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

fn controls(piece: &Piece<'_>, lexicon: &Lexicon) -> bool {
    let words = [
        "BEGIN",
        "START TRANSACTION",
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
