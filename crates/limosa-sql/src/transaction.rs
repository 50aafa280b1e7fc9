//! A file's own `BEGIN` and `COMMIT`.
//!
//! A pair around all statements of a file says what the engine does anyway, and is left out. Where others
//! follow, its `COMMIT` is one: the statement in front of it is the last of its transaction. So it is where
//! no `BEGIN` is open: it ends the transaction that every tool runs a file in, and a `BEGIN` at the end gives
//! the tool another one. So is the statement that has `SQLite` enforce foreign keys again, if rows may go
//! behind it. Any other control of transactions would end the engine's transaction under its feet, and is an
//! error.

use limosa_core::expr::Lexicon;

use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::split::Piece;

/// A statement, and whether it is committed before the next one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Inner<'p, 'a> {
    pub(crate) piece: &'p Piece<'a>,
    pub(crate) commits: bool,
    kind: Kind,
}

/// What a statement is to the transaction that it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// A plain `BEGIN`.
    Begin,
    /// A plain `COMMIT`.
    Commit,
    /// A plain `END`: without a `BEGIN` it is rather what is left of a body that was cut.
    End,
    /// Any other control of transactions.
    Control,
    /// `PRAGMA foreign_keys = ON`, in whatever words.
    Enforcing,
    /// Any other pragma.
    Pragma,
    /// Others' rows may go along with those that it changes.
    Rows,
    /// Nothing of these.
    Other,
}

/// The statements without `BEGIN` and `COMMIT`.
pub(crate) fn unwrap<'p, 'a>(
    pieces: &'p [Piece<'a>],
    lexicon: &Lexicon,
) -> Result<Vec<Inner<'p, 'a>>, ReadError> {
    let mut inner: Vec<Inner<'p, 'a>> = Vec::new();
    let (mut open, mut lent) = (None, false);
    for piece in pieces {
        match (Kind::of(piece, lexicon), open) {
            (Kind::Begin, None) => open = Some(piece),
            (Kind::Commit | Kind::End, Some(_)) => {
                open = None;
                commit(&mut inner);
            }
            (Kind::Commit, None) => {
                lent = true;
                commit(&mut inner);
            }
            (Kind::Begin | Kind::End | Kind::Control, _) => return Err(refusal(piece)),
            (kind, _) => inner.push(Inner {
                piece,
                commits: false,
                kind,
            }),
        }
    }
    match open.filter(|_| !lent) {
        Some(piece) => Err(refusal(piece)),
        None => Ok(settled(inner)),
    }
}

fn commit(inner: &mut [Inner<'_, '_>]) {
    if let Some(last) = inner.last_mut() {
        last.commits = true;
    }
}

/// The engine commits behind the last statement anyway. Pragmas may stand behind it: `SQLite` has some
/// that do nothing within a transaction, and the engine carries those out where they mean what they say.
/// So it must have committed where others' rows are to go along with those of a statement again.
fn settled<'p, 'a>(mut inner: Vec<Inner<'p, 'a>>) -> Vec<Inner<'p, 'a>> {
    let (mut is_behind_all, mut rows_follow) = (true, false);
    for one in inner.iter_mut().rev() {
        one.commits &= !is_behind_all;
        one.commits |= rows_follow && one.kind == Kind::Enforcing;
        is_behind_all &= matches!(one.kind, Kind::Pragma | Kind::Enforcing);
        rows_follow |= one.kind == Kind::Rows;
    }
    inner
}

fn refusal(piece: &Piece<'_>) -> ReadError {
    ReadError::new(format!(
        "`{}` would end or change the transaction that the migration runs in",
        piece.text
    ))
    .on_line(piece.line)
    .hint("only plain BEGIN and COMMIT are understood; remove it, or cut the file in two")
}

impl Kind {
    fn of(piece: &Piece<'_>, lexicon: &Lexicon) -> Self {
        let mut cursor = Cursor::new(piece.text, lexicon);
        let mut says = |words: &[&str]| words.iter().any(|words| cursor.words(words));
        if says(&["BEGIN", "START TRANSACTION"]) {
            says(&["DEFERRED", "IMMEDIATE", "EXCLUSIVE"]);
            return Self::plain(Self::Begin, cursor);
        }
        for (word, kind) in [("COMMIT", Self::Commit), ("END", Self::End)] {
            if says(&[word]) {
                return Self::plain(kind, cursor);
            }
        }
        if says(&CONTROLS) {
            Self::Control
        } else if says(&["DELETE", "UPDATE", "REPLACE", "WITH"]) {
            Self::Rows
        } else if !says(&["PRAGMA"]) {
            Self::Other
        } else if enforces(cursor) {
            Self::Enforcing
        } else {
            Self::Pragma
        }
    }

    /// The kind if the statement says no more; with options it is any control.
    fn plain(self, mut cursor: Cursor<'_>) -> Self {
        let _ = cursor.words("TRANSACTION") || cursor.words("WORK");
        if cursor.at_end() { self } else { Self::Control }
    }
}

/// What begins or ends no pair, whatever follows.
const CONTROLS: [&str; 6] = [
    "SET TRANSACTION",
    "ROLLBACK",
    "ABORT",
    "SAVEPOINT",
    "RELEASE",
    "PREPARE TRANSACTION",
];

/// Whether a pragma, behind that word, is `foreign_keys = ON`, in whatever words.
fn enforces(mut cursor: Cursor<'_>) -> bool {
    let is_set = (cursor.object()).is_some_and(|own| own.name.eq_ignore_ascii_case("foreign_keys"))
        && (cursor.operator("=") || cursor.operator("("));
    let on = cursor.next().map(|token| token.text.to_ascii_lowercase());
    is_set && on.is_some_and(|on| matches!(on.as_str(), "on" | "1" | "true" | "yes"))
}
