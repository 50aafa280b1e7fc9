//! A file's own `BEGIN` and `COMMIT`.
//!
//! A pair around all statements of a file says what the engine does anyway, and is left out. Any other
//! control of transactions would end the engine's transaction under its feet, and is an error.

use limosa_core::expr::Lexicon;

use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::split::Piece;

/// The statements without the pair that wraps them.
pub(crate) fn unwrap<'p, 'a>(
    pieces: &'p [Piece<'a>],
    lexicon: &Lexicon,
) -> Result<&'p [Piece<'a>], ReadError> {
    let inner = match pieces {
        [first, inner @ .., last] if begins(first, lexicon) && commits(last, lexicon) => inner,
        all => all,
    };
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
        "only one pair of BEGIN and COMMIT around the whole file is understood; remove it, or cut the \
         file in two",
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
