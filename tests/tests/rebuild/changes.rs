//! Random changes of random tables, most of which something stands in the way of: each is done or refused as a
//! whole, the rows that were there survive, and the model is what the catalog shows. Where both databases do it,
//! they end in the same schema and hold the same rows.

mod dice;
mod draw;
mod follow;
mod start;
mod works;

use limosa_core::engine::Runner;
use limosa_core::error::{Error, Failure};
use limosa_core::migration::{Migration, Migrations, Script, TransactionMode};
use limosa_core::migrator::{Migrator, Scope};
use limosa_core::operation::Operation;
use limosa_core::plan::Verdict;
use limosa_core::report::Report;
use limosa_core::schema::Schema;
use limosa_sql::{Language, Text};
use limosa_sqlite::{Sqlite, SqliteDialect, block_on};
use limosa_testkit::conformance::differences;
use limosa_tests::{On, tally};
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;

use dice::Dice;
use follow::Followed;

/// One migration: what it does is read off these draws, against the schema that is there then.
type Draws = Vec<[u16; 8]>;

/// The migrations of a case, one behind the other.
#[derive(Debug, Default)]
struct Chain(Vec<Migration>);

impl Chain {
    /// The chain with one more.
    fn with(&self, text: &str) -> Migrations {
        let read =
            Text::read(text, Language::Postgres).unwrap_or_else(|error| panic!("{error}: {text}"));
        let checksum = read.checksum();
        let script = Script {
            only: None,
            path: None,
            up: read.statements,
            down: None,
            transaction: TransactionMode::WherePossible,
            checksum,
        };
        let mut all = self.0.clone();
        all.push(Migration {
            version: format!("{:03}", all.len() + 1).as_str().into(),
            name: "change".into(),
            scripts: vec![script],
        });
        Migrations::new(all).expect("the versions differ")
    }
}

/// What was executed of the last migration of a chain; the rest was there already.
fn executed(migrations: &Migrations, report: &Report) -> Vec<Operation> {
    let last = migrations.list().last().expect("there is one");
    let steps = report.migrations.iter().flat_map(|one| &one.steps);
    let done: Vec<u32> = steps
        .filter(|step| step.verdict == Verdict::Execute)
        .map(|step| step.number)
        .collect();
    let statements = last.scripts[0].up.iter().zip(1..);
    let executed = statements.filter(|(_, number)| done.contains(number));
    executed
        .flat_map(|(one, _)| one.operations.iter().map(|own| (**own).clone()))
        .collect()
}

/// A run that did all itself has nothing to warn of; what was there already may be anybody's.
fn is_quiet(report: &Report, told: &str) {
    let mut steps = report.migrations.iter().flat_map(|one| &one.steps);
    let all = steps.all(|step| step.verdict == Verdict::Execute);
    assert!(
        !all || report.warnings.is_empty(),
        "{:?}\n{told}",
        report.warnings
    );
}

/// Some statements that are tried at once.
fn text(draws: &[[u16; 8]], schema: &Schema, number: &mut usize) -> String {
    let mut model = schema.clone();
    let mut all = String::new();
    for draw in draws {
        *number += 1;
        let Some(change) = draw::change(&mut Dice::new(*draw), &model, *number) else {
            continue;
        };
        let read = limosa_sql::statement(&change, Language::Postgres)
            .unwrap_or_else(|error| panic!("{error}: {change}"));
        // What does not fit the model is tried all the same; then nothing more is drawn against it.
        all = format!("{all}{change};\n");
        if read.operations.iter().any(|one| model.apply(one).is_err()) {
            break;
        }
    }
    all
}

/// How often what happened.
#[derive(Debug, Default)]
struct Count {
    done: usize,
    refused: usize,
}

/// What a database holds, to see that nothing was changed.
fn dump(connection: &Connection) -> Vec<String> {
    let list = |sql: &str| -> Vec<String> {
        let mut statement = connection.prepare(sql).expect(sql);
        let rows = statement.query_map([], |row| row.get(0)).expect(sql);
        rows.map(|row| row.expect(sql)).collect()
    };
    let mut all = list("SELECT type || name || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
    for table in list("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY 1") {
        let table = table.replace('"', "\"\"");
        let mut statement = connection
            .prepare(&format!("SELECT * FROM \"{table}\""))
            .expect("readable");
        let width = statement.column_count();
        let mut rows = statement.query([]).expect("rows");
        while let Some(row) = rows.next().expect("a row") {
            let cells = (0..width).map(|at| format!("{:?}", row.get_ref(at).expect("a value")));
            all.push(cells.collect::<Vec<_>>().join("|"));
        }
    }
    all
}

/// What must hold of a database, whatever was done to it.
fn is_sound(connection: &Connection, told: &str) {
    let ask = |sql: &str| -> String {
        connection
            .query_row(sql, [], |row| row.get(0))
            .unwrap_or_else(|error| panic!("{sql}: {error}\n{told}"))
    };
    assert_eq!(ask("PRAGMA integrity_check"), "ok", "{told}");
    let orphans = ask("SELECT count(*) || '' FROM pragma_foreign_key_check");
    assert_eq!(orphans, "0", "{told}");
    assert_eq!(
        ask("SELECT foreign_keys || '' FROM pragma_foreign_keys"),
        "1",
        "{told}"
    );
    let legacy: i64 = connection
        .query_row("PRAGMA legacy_alter_table", [], |row| row.get(0))
        .expect("a pragma");
    assert_eq!(legacy, 0, "{told}");
    let left = "SELECT count(*) || '' FROM sqlite_schema WHERE name LIKE 'limosa!_new%' ESCAPE '!'";
    assert_eq!(ask(left), "0", "{told}");
    works::check(connection, told);
}

/// Refused, and before anything was changed.
fn refused(failure: &Failure, told: &str) {
    match &failure.error {
        Error::Conflicts(conflicts) => {
            assert!(
                conflicts.iter().all(|one| !one.reasons.is_empty()),
                "{told}"
            );
        }
        // The one that needs no copy, and that SQLite asks itself.
        Error::Step(step) if step.statement.starts_with("CREATE UNIQUE INDEX") => {
            assert!(
                step.error.message.starts_with("UNIQUE constraint failed"),
                "{failure}\n{told}"
            );
        }
        // The words of a trigger do not always tell whose column they read: SQLite says so itself, or is asked before
        // the commit.
        Error::Step(step) if step.error.message.starts_with("error in trigger") => {}
        Error::Step(step) if step.step == "commit" => {
            assert!(
                step.error.message.starts_with("a trigger on"),
                "{failure}\n{told}"
            );
        }
        other => panic!("{other}\n{other:?}\n{told}"),
    }
}

fn on_sqlite(tables: &[start::Table], migrations: &[Draws]) {
    let before = start::sqlite(tables);
    let mut session = Sqlite::in_memory().expect("in memory");
    let made = session.connection().execute_batch(&before);
    made.unwrap_or_else(|error| panic!("{error}\n{before}"));
    let mut schema = block_on(session.inspect(&Scope::default())).expect("readable");
    let mut followed = Followed::all(session.connection(), &schema);
    let (mut chain, mut number, mut count) = (Chain::default(), 0, Count::default());
    let mut told = before;
    for draws in migrations {
        let change = text(draws, &schema, &mut number);
        if change.is_empty() {
            continue;
        }
        told = format!("{told}\n-- then\n{change}");
        let migrations = chain.with(&change);
        let old = dump(session.connection());
        let ran: Result<Report, Failure> = block_on(Runner::new(&migrations).run(&mut session));
        match ran {
            Ok(report) => {
                count.done += 1;
                is_quiet(&report, &told);
                for operation in executed(&migrations, &report) {
                    followed.follow(&operation);
                    let applied = schema.apply(&operation);
                    applied.unwrap_or_else(|misfit| panic!("{misfit}\n{told}"));
                }
                chain = Chain(migrations.list().to_vec());
            }
            Err(failure) => {
                count.refused += 1;
                refused(&failure, &told);
                told = format!("{told}-- refused: {failure}\n");
                assert_eq!(dump(session.connection()), old, "{told}");
            }
        }
        let found = block_on(session.inspect(&Scope::default())).expect("readable");
        if change.contains("CASCADE") {
            // Only the database knows what went along.
            schema.views.clone_from(&found.views);
        }
        let differences = differences(&schema, &found, &SqliteDialect);
        assert!(differences.is_empty(), "{}\n{told}", differences.join("\n"));
        schema = found;
        is_sound(session.connection(), &told);
        followed.check(session.connection(), &told);
    }
    tally::add("rebuild", "changes done on SQLite", count.done);
    tally::add("rebuild", "changes refused on SQLite", count.refused);
}

/// What `PostgreSQL` says of rows that do not allow a change: SQLite must have found that too.
fn is_about_rows(failure: &Failure) -> bool {
    let code = failure
        .error
        .database()
        .and_then(|error| error.code.clone());
    code.is_some_and(|code| code.starts_with("23"))
}

async fn on_both(postgres: &mut On, tables: &[start::Table], migrations: &[Draws]) {
    let again =
        "SET client_min_messages = warning; DROP SCHEMA public CASCADE; CREATE SCHEMA public";
    postgres.execute(again).await;
    let sqlite = On::sqlite();
    let mut chain = Chain::default();
    let first = chain.with(&start::both(tables));
    let mut told = start::both(tables);
    for on in [&*postgres, &sqlite] {
        let ran = on.run(&first).await;
        ran.unwrap_or_else(|failure| panic!("{failure}\n{told}"));
    }
    chain = Chain(first.list().to_vec());
    let (mut number, mut count) = (0, Count::default());
    for draws in migrations {
        // The names that constraints have count on one of them only.
        let schema = postgres.schema().await;
        // The clock tells each of them another time.
        let change = text(draws, &schema, &mut number)
            .replace("DEFAULT now()", "DEFAULT '2024-03-01 04:05:06'");
        if change.is_empty() {
            continue;
        }
        told = format!("{told}\n-- then\n{change}");
        let migrations = chain.with(&change);
        let on_sqlite = sqlite.run(&migrations).await;
        if let Err(failure) = on_sqlite {
            refused(&failure, &told);
            count.refused += 1;
            continue;
        }
        if let Err(failure) = postgres.run(&migrations).await {
            // What is made at once is asked about at once: a column that goes has no NULLs.
            let later = change.matches(';').count() > 1 && change.contains("DROP");
            assert!(later || !is_about_rows(&failure), "{failure}\n{told}");
            // They have parted.
            tally::add("rebuild", "changes that only SQLite did", 1);
            break;
        }
        count.done += 1;
        chain = Chain(migrations.list().to_vec());
        follow::same(postgres, &sqlite, &told).await;
    }
    tally::add("rebuild", "changes done on both", count.done);
    tally::add(
        "rebuild",
        "changes refused on SQLite, with PostgreSQL beside it",
        count.refused,
    );
}

/// `PROPTEST_CASES` asks for more.
fn config(short: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: wanted.map_or(short, |text| text.parse().expect("a number")),
        failure_persistence: None,
        max_shrink_iters: 600,
        ..ProptestConfig::default()
    }
}

fn migrations() -> impl Strategy<Value = Vec<Draws>> {
    vec(vec(prop::array::uniform8(0_u16..1024), 1..4), 1..6)
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn are_done_or_refused_as_a_whole(tables in vec(start::table(), 1..4), migrations in migrations()) {
        on_sqlite(&tables, &migrations);
    }
}

#[test]
fn mean_the_same_on_both() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let postgres = std::cell::RefCell::new(runtime.block_on(On::postgres()));
    let strategy = (vec(start::table(), 1..4), migrations());
    let mut runner = proptest::test_runner::TestRunner::new(config(16));
    let outcome = runner.run(&strategy, |(tables, migrations)| {
        let mut postgres = postgres.borrow_mut();
        runtime.block_on(on_both(&mut postgres, &tables, &migrations));
        Ok(())
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}
