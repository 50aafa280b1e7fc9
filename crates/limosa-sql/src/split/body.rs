//! Bodies that hold semicolons of their own.
//!
//! `SQLite`'s `CREATE TRIGGER ... BEGIN ...; END` and `PostgreSQL`'s `CREATE FUNCTION ... BEGIN ATOMIC ...;
//! END`. Inside, `CASE ... END` nests. The same rule as `psql`'s lexer and `sqlite3_complete()`.

/// How far into a body the words of a statement have led.
#[derive(Debug, Default)]
pub(super) struct Body {
    kind: Kind,
    words: u32,
    begin: bool,
    dot: bool,
    depth: u32,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum Kind {
    /// Nothing but `CREATE` and what may follow it has come.
    #[default]
    Unknown,
    Trigger,
    Routine,
    Plain,
}

impl Body {
    /// Whether a semicolon here ends the statement.
    pub(super) fn may_end(&self) -> bool {
        self.depth == 0
    }

    /// Takes an unquoted word.
    pub(super) fn take(&mut self, word: &str) {
        let word = word.to_ascii_uppercase();
        self.words += 1;
        // `NEW.end` is a column.
        if std::mem::take(&mut self.dot) {
            return;
        }
        match self.kind {
            Kind::Unknown => self.kind = kind(&word, self.words),
            Kind::Trigger if self.depth == 0 => self.depth = u32::from(word == "BEGIN"),
            Kind::Routine if self.depth == 0 => {
                self.depth = u32::from(self.begin && word == "ATOMIC");
                self.begin = word == "BEGIN";
            }
            Kind::Trigger | Kind::Routine => self.nest(&word),
            Kind::Plain => {}
        }
    }

    /// Takes any other token.
    pub(super) fn other(&mut self, text: &str) {
        self.begin = false;
        self.dot = text == ".";
        if self.kind == Kind::Unknown && !text.is_empty() {
            self.kind = Kind::Plain;
        }
    }

    fn nest(&mut self, word: &str) {
        match word {
            "CASE" => self.depth += 1,
            "END" => self.depth -= 1,
            _ => {}
        }
    }
}

fn kind(word: &str, place: u32) -> Kind {
    match word {
        "CREATE" if place == 1 => Kind::Unknown,
        "OR" | "REPLACE" | "TEMP" | "TEMPORARY" | "CONSTRAINT" if place > 1 => Kind::Unknown,
        "TRIGGER" if place > 1 => Kind::Trigger,
        "FUNCTION" | "PROCEDURE" if place > 1 => Kind::Routine,
        _ => Kind::Plain,
    }
}
