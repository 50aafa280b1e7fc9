//! Temporary tables and views: a file's own scratch paper, which the model does not hold.
//!
//! `CREATE TEMP TABLE s AS ...; CREATE INDEX ON s (id); ...; DROP TABLE s`: no catalog says whether a step on `s`
//! is done, and a table of the schema by that name is another one. Such statements are carried as they stand.

use limosa_core::migration::Statement;
use limosa_core::name::ObjectName;
use limosa_core::operation::{Effect, Operation};
use limosa_core::schema::Definition;
use limosa_core::shared::Shared;

use crate::cursor::Cursor;
use crate::language::Language;
use crate::verbatim;

/// Carries what is about temporary objects of the same file as it stands.
pub(crate) fn mark(statements: &mut [Statement], language: Language) {
    if !statements.iter().any(may_be_about_it) {
        return;
    }
    let mut scratch = Scratch {
        names: Vec::new(),
        language,
    };
    for statement in statements {
        let text = statement.text.as_deref().unwrap_or_default();
        if let Some(name) = created(text, language) {
            scratch.names.push(name);
            carry(statement, language, Effect::None);
            continue;
        }
        let all = statement.operations.len();
        let own = statement
            .operations()
            .filter(|one| scratch.follows(one))
            .count();
        match own {
            0 => {}
            own if own == all => carry(statement, language, Effect::None),
            _ => carry(statement, language, Effect::Unknown),
        }
    }
}

/// Most files have no temporary objects, and are not read again for them.
fn may_be_about_it(statement: &Statement) -> bool {
    let text = statement.text.as_deref().unwrap_or_default();
    let mut windows = text.as_bytes().windows(b"temp".len());
    windows.any(|bytes| bytes.eq_ignore_ascii_case(b"temp"))
}

fn carry(statement: &mut Statement, language: Language, effect: Effect) {
    let text = statement.text.as_deref().unwrap_or_default();
    let mut carried = match statement.operations.as_slice() {
        [only] if matches!(**only, Operation::Sql(_)) => Operation::clone(only),
        _ => verbatim::operation(text, language),
    };
    if let Operation::Sql(sql) = &mut carried {
        sql.effect = effect;
    }
    statement.operations = vec![Shared::new(carried)];
    statement.unread = None;
}

/// The name of the temporary object that a statement creates.
fn created(text: &str, language: Language) -> Option<String> {
    let mut cursor = Cursor::new(text, language.lexicon());
    if !cursor.words("CREATE") {
        return None;
    }
    cursor.words("OR REPLACE");
    let _ = cursor.words("LOCAL") || cursor.words("GLOBAL");
    let temporary = cursor.words("TEMPORARY") || cursor.words("TEMP");
    cursor.words("RECURSIVE");
    let kinds = ["TABLE", "VIEW", "SEQUENCE", "TRIGGER"];
    if !kinds.iter().any(|kind| cursor.words(kind)) {
        return None;
    }
    cursor.words("IF NOT EXISTS");
    let name = cursor.object()?;
    (temporary || is_temporary_schema(&name, language)).then_some(name.name)
}

fn is_temporary_schema(name: &ObjectName, language: Language) -> bool {
    let own = match language {
        Language::Postgres => "pg_temp",
        Language::Sqlite => "temp",
    };
    let schema = name.schema.as_deref();
    schema.is_some_and(|schema| schema.eq_ignore_ascii_case(own))
}

/// What is temporary at a place in the file. Tables, views and indexes share their names.
struct Scratch {
    names: Vec<String>,
    language: Language,
}

/// What becomes of the names with an operation on something temporary.
enum Next<'o> {
    Same,
    New(&'o str),
    Gone(&'o str),
    Renamed(&'o str, &'o str),
}

impl Scratch {
    /// Whether an operation is about a temporary object; what is called how behind that is kept.
    fn follows(&mut self, operation: &Operation) -> bool {
        let Some(next) = self.next(operation) else {
            return false;
        };
        match next {
            Next::Same => {}
            Next::New(name) => self.names.push(name.to_owned()),
            Next::Gone(name) => self.forget(name),
            Next::Renamed(from, to) => {
                self.forget(from);
                self.names.push(to.to_owned());
            }
        }
        true
    }

    /// None if it is about nothing temporary.
    fn next<'o>(&self, operation: &'o Operation) -> Option<Next<'o>> {
        let (on, next) = match operation {
            Operation::DropTable { name, .. }
            | Operation::DropView { name, .. }
            | Operation::DropIndex { name, .. } => (name, Next::Gone(&name.name)),
            Operation::DropTrigger { name, .. } => {
                return self.place(name).map(|_| Next::Gone(name));
            }
            Operation::RenameTable { from, to, .. } | Operation::RenameIndex { from, to, .. } => {
                (from, Next::Renamed(&from.name, to))
            }
            Operation::CreateIndex { table, index, .. } => (table, Next::New(&index.name)),
            Operation::CreateTrigger { trigger, .. } => (&trigger.table, Next::New(&trigger.name)),
            Operation::CreateView { view, .. } => {
                return self
                    .reads(&view.query)
                    .then_some(Next::New(&view.name.name));
            }
            Operation::AlterTable { table, .. } => (table, Next::Same),
            Operation::Insert(insert) => (&insert.table, Next::Same),
            Operation::Update(update) => (&update.table, Next::Same),
            Operation::Delete(delete) => (&delete.table, Next::Same),
            _ => return None,
        };
        self.holds(on).then_some(next)
    }

    /// Whether a view of this query is temporary itself: on `PostgreSQL` one of what is temporary.
    fn reads(&self, query: &Definition) -> bool {
        match query {
            Definition::Query(query) if self.language == Language::Postgres => {
                query.tables().iter().any(|table| self.holds(table))
            }
            _ => false,
        }
    }

    fn holds(&self, name: &ObjectName) -> bool {
        is_temporary_schema(name, self.language)
            || name.schema.is_none() && self.place(&name.name).is_some()
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|own| match self.language {
            Language::Postgres => own == name,
            Language::Sqlite => own.eq_ignore_ascii_case(name),
        })
    }

    fn forget(&mut self, name: &str) {
        if let Some(at) = self.place(name) {
            self.names.remove(at);
        }
    }
}

#[cfg(test)]
mod tests {
    use limosa_core::migration::Statement;
    use limosa_core::operation::{Effect, Operation};

    use crate::{Language, Text};

    /// For each statement whether it is carried as it stands, and whether it may do anything.
    #[track_caller]
    fn check(text: &str, language: Language, expected: &str) {
        let read = Text::read(text, language).expect("it reads");
        let operations = read.statements.iter().flat_map(Statement::operations);
        let found: String = operations
            .map(|operation| match operation {
                Operation::Sql(sql) if sql.effect == Effect::None => 's',
                Operation::Sql(_) => '?',
                _ => 'm',
            })
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn what_a_file_does_to_its_scratch_paper_is_carried() {
        for language in [Language::Postgres, Language::Sqlite] {
            check("CREATE TABLE a (b int); DROP TABLE a;", language, "mm");
            check(
                "CREATE TEMP TABLE a (b int); DROP TABLE a; DROP TABLE a;",
                language,
                "ssm",
            );
            check(
                "CREATE TEMPORARY TABLE A AS SELECT 1 AS b; CREATE INDEX c ON a (b); DROP INDEX c;",
                language,
                "sss",
            );
            check(
                "CREATE TEMP TABLE a (b int); ALTER TABLE a RENAME TO d; DROP TABLE a; DROP TABLE d;",
                language,
                "ssms",
            );
            check(
                "CREATE TEMP TABLE a (b int); INSERT INTO a VALUES (1); UPDATE a SET b = 2; DELETE FROM a;",
                language,
                "ssss",
            );
            check(
                "CREATE TEMP TABLE a (b int); INSERT INTO c SELECT b FROM a;",
                language,
                "sm",
            );
            check(
                "CREATE TEMP TABLE a (b int); ALTER TABLE e ADD COLUMN a int;",
                language,
                "sm",
            );
            check(
                "CREATE TEMP VIEW a AS SELECT 1; DROP VIEW a;",
                language,
                "ss",
            );
        }
    }

    #[test]
    fn a_view_of_it_is_temporary_on_postgres() {
        let text = "CREATE TEMP TABLE a (b int); CREATE VIEW v AS SELECT b FROM a; CREATE VIEW w AS SELECT b FROM v; DROP VIEW w;";
        check(text, Language::Postgres, "ssss");
        check(text, Language::Sqlite, "smmm");
    }

    #[test]
    fn the_schema_may_be_named() {
        check(
            "CREATE TABLE pg_temp.a (b int); DROP TABLE a;",
            Language::Postgres,
            "ss",
        );
        check(
            "CREATE TABLE temp.a (b int); DROP TABLE TEMP.a; DROP TABLE a;",
            Language::Sqlite,
            "ssm",
        );
        check(
            "CREATE TEMP TABLE a (b int); DROP TABLE public.a;",
            Language::Postgres,
            "sm",
        );
    }

    #[test]
    fn what_goes_with_a_table_of_the_schema_may_do_anything() {
        check(
            "CREATE TEMP TABLE a (b int); DROP TABLE a, c; DROP TABLE a;",
            Language::Postgres,
            "s?m",
        );
    }
}
