//! One file: from its text to its statements.

use limosa_core::checksum::Checksum;
use limosa_core::expr::Lexicon;
use limosa_core::migration::{Statement, TransactionMode};

use crate::directive::{self, FileWishes, Wishes};
use crate::error::ReadError;
use crate::language::Language;
use crate::moved;
use crate::section::{self, Sections};
use crate::split::{Pieces, split};
use crate::statement;
use crate::temporary;
use crate::transaction::{self, Inner};

/// What the text of a migration file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The language that it is written in.
    pub language: Language,
    /// The statements; those of the section `up` where the file has sections.
    pub statements: Vec<Statement>,
    /// The statements of the section `down`, if there is one.
    pub down: Option<Vec<Statement>>,
    /// Whether it may run in a transaction. A mark in either section speaks of both.
    pub transaction: TransactionMode,
}

impl Text {
    /// Reads the text of a file; `default` is its language unless a directive says otherwise.
    ///
    /// # Errors
    /// Whatever [`split`] refuses, unknown or misplaced directives, text that is no SQL, control of
    /// transactions other than pairs of `BEGIN` and `COMMIT`.
    pub fn read(text: &str, default: Language) -> Result<Self, ReadError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let language = directive::language(text, default.lexicon())?.unwrap_or(default);
        let Sections { up, begins, down } = section::cut(text, language.lexicon())?;

        let pieces = split(up, language.lexicon())?;
        refuse_before(begins, &pieces)?;
        let wishes = directive::of_file(&pieces)?;
        let statements = statements(&pieces, 1, language, &wishes.each)?;
        let mut never = wishes.no_transaction;

        let down = match down {
            None => None,
            Some(part) => {
                let below = |error: ReadError| error.moved_down(part.line - 1);
                let pieces = split(part.text, language.lexicon()).map_err(below)?;
                let own: FileWishes = directive::of_file(&pieces).map_err(below)?;
                never |= own.no_transaction;
                let each = own.each.or(&wishes.each);
                Some(self::statements(&pieces, part.line, language, &each).map_err(below)?)
            }
        };
        Ok(Self {
            language,
            statements,
            down,
            transaction: mode(never),
        })
    }

    /// The checksum of the statements that go up.
    pub fn checksum(&self) -> Checksum {
        checksum(&self.statements, self.language.lexicon())
    }
}

fn mode(never: bool) -> TransactionMode {
    if never {
        TransactionMode::Never
    } else {
        TransactionMode::WherePossible
    }
}

fn checksum(statements: &[Statement], lexicon: &Lexicon) -> Checksum {
    statements
        .iter()
        .filter_map(|statement| statement.text.as_deref())
        .fold(Checksum::EMPTY, |sum, text| sum.statement(text, lexicon))
}

/// The statements of a part that starts on line `first` of its file. Errors count from the part.
fn statements(
    pieces: &Pieces<'_>,
    first: u32,
    language: Language,
    each: &Wishes,
) -> Result<Vec<Statement>, ReadError> {
    let inner = transaction::unwrap(&pieces.statements, language.lexicon())?;
    let read = |inner: Inner<'_, '_>| {
        let piece = inner.piece;
        let wishes = directive::of_statement(&piece.notes, each)?;
        let line = piece.line + first - 1;
        let statement = statement::with_wishes(piece.text, line, language, wishes)
            .map_err(|error| error.on_line(piece.line))?;
        Ok(Statement {
            commits: inner.commits,
            ..statement
        })
    };
    let mut all: Vec<Statement> = inner.into_iter().map(read).collect::<Result<_, _>>()?;
    if language == Language::Sqlite {
        moved::mark(&mut all);
    }
    temporary::mark(&mut all, language);
    Ok(all)
}

fn refuse_before(begins: usize, pieces: &Pieces<'_>) -> Result<(), ReadError> {
    match pieces.statements.iter().find(|piece| piece.offset < begins) {
        Some(piece) => Err(ReadError::new(
            "a statement in front of the mark where the section begins",
        )
        .on_line(piece.line)),
        None => Ok(()),
    }
}
