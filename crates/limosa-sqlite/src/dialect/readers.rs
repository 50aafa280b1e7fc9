//! Which views and triggers read a column, as far as their words tell.
//!
//! The body of a trigger is a text, to this database too: it drops a column that one writes to, and the next
//! `INSERT` fails. Where the words leave open whose column is meant, the table is built anew, since before that is
//! committed every trigger is tried.

use limosa_core::expr::{Lexicon, Token, TokenKind, tokens};
use limosa_core::schema::{Definition, Schema, Table, Trigger, View};

use super::{names, render};

/// Whether the words of a trigger say that it reads a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reads {
    No,
    Perhaps,
    Surely,
}

/// Keywords that this database takes for names too where no keyword can stand ("SQLite Keywords").
const KEYWORDS: [&str; 17] = [
    "abort",
    "asc",
    "cast",
    "conflict",
    "desc",
    "do",
    "end",
    "fail",
    "ignore",
    "key",
    "like",
    "offset",
    "raise",
    "recursive",
    "replace",
    "rollback",
    "row",
];

/// Whether a view or a trigger may read a column.
pub(super) fn any(table: &Table, column: &str, schema: &Schema) -> bool {
    let mut triggers = schema.triggers.iter();
    triggers.any(|own| reads(own, table, column, schema) != Reads::No)
        || views(table, column, schema).next().is_some()
}

/// The views that read a column.
pub(super) fn views<'s>(
    table: &Table,
    column: &str,
    schema: &'s Schema,
) -> impl Iterator<Item = &'s View> {
    let views = schema.views.iter().map(AsRef::as_ref);
    views.filter(move |view: &&View| {
        let text = match &view.query {
            Definition::Query(query) => render::query(query).unwrap_or_default(),
            Definition::Verbatim { text, .. } => text.clone(),
        };
        let words = words(&text);
        let says = |name: &str| words.iter().any(|token| is(token, name));
        says(&table.name.name) && says(column)
    })
}

/// A trigger that would not work without a column.
pub(super) fn trigger<'s>(table: &Table, column: &str, schema: &'s Schema) -> Option<&'s Trigger> {
    let mut triggers = schema.triggers.iter();
    triggers.find(|own| reads(own, table, column, schema) == Reads::Surely)
}

fn words(text: &str) -> Vec<Token<'_>> {
    let all = tokens(text, &Lexicon::SQLITE).into_iter();
    all.filter(|token| !token.is_trivia()).collect()
}

fn is(token: &Token<'_>, name: &str) -> bool {
    let own = token.identifier(&Lexicon::SQLITE);
    own.is_some_and(|own| own.eq_ignore_ascii_case(name))
}

fn reads(trigger: &Trigger, table: &Table, column: &str, schema: &Schema) -> Reads {
    let words = words(&trigger.text);
    let begins = words.iter().position(|token| token.is_word("begin"));
    let (head, body) = words.split_at(begins.unwrap_or(words.len()));
    let own = names::same(&trigger.table, &table.name);
    if own && (reads_row(&words, column) || watches(head, column)) {
        return Reads::Surely;
    }
    let condition = head.iter().position(|token| token.is_word("when"));
    let condition = condition.map(|at| &head[at..]);
    let statements = body.split(|token| token.is_operator(";"));
    let all = statements.chain(condition);
    let all = all.map(|words| {
        Statement {
            words,
            table,
            column,
            schema,
        }
        .reads()
    });
    all.max().unwrap_or(Reads::No)
}

/// `NEW.column`, `OLD.column`.
fn reads_row(words: &[Token<'_>], column: &str) -> bool {
    words.windows(3).any(|found| {
        matches!(found, [row, dot, name]
            if (row.is_word("new") || row.is_word("old")) && dot.is_operator(".") && is(name, column))
    })
}

/// `UPDATE OF column`: without it the trigger would never fire again.
fn watches(head: &[Token<'_>], column: &str) -> bool {
    let of = head
        .windows(2)
        .position(|pair| pair[0].is_word("update") && pair[1].is_word("of"));
    let listed = of.map(|at| &head[at + 2..]).unwrap_or_default();
    let mut listed = listed.iter().take_while(|token| !token.is_word("on"));
    listed.any(|token| is(token, column))
}

/// A statement of a trigger's body, or its condition.
struct Statement<'a> {
    words: &'a [Token<'a>],
    table: &'a Table,
    column: &'a str,
    schema: &'a Schema,
}

impl Statement<'_> {
    fn reads(&self) -> Reads {
        if !self.says(&self.table.name.name) {
            return Reads::No;
        }
        let into = self.words.iter().position(|token| token.is_word("into"));
        let (own, from) = into.map_or((Reads::No, 0), |at| self.inserted(at + 1));
        let others = (from..self.words.len()).map(|at| self.word(at));
        others.fold(own, Ord::max)
    }

    fn says(&self, name: &str) -> bool {
        self.words.iter().any(|token| is(token, name))
    }

    /// What the list of columns behind a table's name says, and where it ends. Without one, there is a value for each
    /// ("CREATE TRIGGER", section 2: the name stands alone, and `DEFAULT VALUES` cannot follow).
    fn inserted(&self, target: usize) -> (Reads, usize) {
        let own = self
            .words
            .get(target)
            .is_some_and(|token| is(token, &self.table.name.name));
        let rest = self.words.get(target + 1..).unwrap_or_default();
        let list: Vec<&Token<'_>> = match rest {
            [first, ..] if first.is_operator("(") => rest
                .iter()
                .take_while(|token| !token.is_operator(")"))
                .collect(),
            _ => Vec::new(),
        };
        let given = list.is_empty() || list.iter().any(|token| is(token, self.column));
        let reads = if own && given {
            Reads::Surely
        } else {
            Reads::No
        };
        (reads, target + 1 + list.len())
    }

    fn word(&self, at: usize) -> Reads {
        let (before, token) = self.words.split_at(at);
        let last = before.last();
        let follows = |sign: &str| last.is_some_and(|last| last.is_operator(sign));
        let follows_word = |word: &str| last.is_some_and(|last| last.is_word(word));
        match token {
            [star, ..] if star.is_operator("*") => {
                if follows(".") || follows(",") || follows_word("select") {
                    return Reads::Perhaps;
                }
                Reads::No
            }
            [_, call, ..] if call.is_operator("(") => Reads::No,
            [own, ..] if is(own, self.column) && !follows_word("as") => match before {
                [.., row, dot] if dot.is_operator(".") => self.of_row(row),
                _ => self.unqualified(own, last),
            },
            _ => Reads::No,
        }
    }

    /// The column of what stands in front of it.
    fn of_row(&self, row: &Token<'_>) -> Reads {
        if is(row, &self.table.name.name) {
            Reads::Surely
        } else if row.is_word("new") || row.is_word("old") || self.is_of_another(row) {
            Reads::No
        } else {
            self.of_any()
        }
    }

    fn unqualified(&self, own: &Token<'_>, last: Option<&Token<'_>>) -> Reads {
        let is_keyword =
            own.kind == TokenKind::Word && KEYWORDS.iter().any(|word| own.is_word(word));
        let is_table = is(own, &self.table.name.name) || self.is_of_another(own);
        let opens = |last: &Token<'_>| {
            last.is_operator(",")
                || ["from", "join", "update"]
                    .iter()
                    .any(|word| last.is_word(word))
        };
        if is_keyword || is_table && last.is_some_and(opens) {
            Reads::Perhaps
        } else {
            self.of_any()
        }
    }

    /// Of another table that the statement names, if that has such a column, or may have: what a view has is not known.
    fn of_any(&self) -> Reads {
        let has_it = |other: &Table| {
            names::column(other, self.column).is_some() && self.says(&other.name.name)
        };
        let mut views = self.schema.views.iter();
        if self.others().any(has_it) || views.any(|view| self.says(&view.name.name)) {
            Reads::Perhaps
        } else {
            Reads::Surely
        }
    }

    fn is_of_another(&self, row: &Token<'_>) -> bool {
        self.others().any(|other| is(row, &other.name.name))
    }

    fn others(&self) -> impl Iterator<Item = &Table> {
        let tables = self.schema.tables.iter().map(AsRef::as_ref);
        tables.filter(|other: &&Table| !names::same(&other.name, &self.table.name))
    }
}
