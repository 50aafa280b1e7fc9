//! Random tables, rows and changes: the rows survive, and the model is what the catalog shows.

use limosa_core::engine::Runner;
use limosa_core::error::Error;
use limosa_core::migrator::{Migrator, Scope};
use limosa_sql::Language;
use limosa_sqlite::{Sqlite, SqliteDialect, block_on};
use limosa_testkit::conformance::differences;
use proptest::collection::vec;
use proptest::prelude::*;
use rusqlite::Connection;

use crate::reported::written_in;
use crate::values::{ACTIONS, any_value, number, text_value};

/// How a table is made.
#[derive(Clone, Debug)]
struct Plan {
    /// 0 for a rowid table, then AUTOINCREMENT, WITHOUT ROWID, no key at all, `INT PRIMARY KEY`.
    key: u8,
    strict: bool,
    /// To which table the foreign key of each goes, and what it does.
    refers: usize,
    action: usize,
    rows: Vec<[u8; 4]>,
    trigger: bool,
    view: bool,
    /// Changes of the table, in order.
    changes: Vec<u8>,
}

fn plan() -> impl Strategy<Value = Plan> {
    (
        (0..5_u8, any::<bool>(), 0..4_usize, 0..4_usize),
        vec(any::<[u8; 4]>(), 0..7),
        any::<(bool, bool)>(),
        vec(0..12_u8, 0..4),
    )
        .prop_map(
            |((key, strict, refers, action), rows, (trigger, view), changes)| Plan {
                key,
                strict,
                refers,
                action,
                rows,
                trigger,
                view,
                changes,
            },
        )
}

impl Plan {
    fn create(&self, at: usize, count: usize) -> String {
        let action = ACTIONS[self.action];
        let key = match self.key {
            1 => "INTEGER PRIMARY KEY AUTOINCREMENT",
            3 => "INTEGER",
            4 => "INT PRIMARY KEY",
            _ => "INTEGER PRIMARY KEY",
        };
        // A key must be referred to: the table without one is not.
        let parent = self.refers % count;
        let (any, stored) = if self.strict {
            ("ANY", "TEXT")
        } else {
            ("BLOB", "TEXT")
        };
        let mut options = Vec::new();
        if self.key == 2 {
            options.push("WITHOUT ROWID");
        }
        if self.strict {
            options.push("STRICT");
        }
        format!(
            "CREATE TABLE t{at} (id {key}, -- the key\n a TEXT COLLATE NOCASE, b {any},\n \
             n INTEGER DEFAULT 5 CHECK (n < 1000),\n \
             p INTEGER CONSTRAINT fk{at} REFERENCES parents{parent} ON DELETE {action},\n \
             g {stored} GENERATED ALWAYS AS (upper(a)) STORED, v INTEGER AS (n + 1)) {};\n\
             CREATE INDEX i{at} ON t{at} (a DESC, n) WHERE n > 1;",
            options.join(", ")
        )
        .replace(&format!("parents{parent}"), &format!("t{parent}"))
    }

    fn fill(&self, at: usize) -> String {
        let rows = self.rows.iter().enumerate().map(|(row, [a, b, n, _])| {
            format!(
                "INSERT INTO t{at} (id, a, b, n) VALUES ({}, {}, {}, {});",
                (row + 1) * 3,
                text_value(*a),
                any_value(*b),
                number(*n),
            )
        });
        rows.collect()
    }

    /// Refers to rows that are there, those of the table itself included.
    fn refer(&self, at: usize, count: usize) -> String {
        let parent = self.refers % count;
        format!(
            "UPDATE t{at} SET p = (SELECT q.id FROM t{parent} AS q WHERE q.id <= t{at}.id ORDER BY q.id DESC LIMIT 1);"
        )
    }

    fn watch(&self, at: usize) -> String {
        let mut text = String::new();
        if self.trigger {
            text += &format!(
                "CREATE TRIGGER w{at} AFTER INSERT ON t{at} BEGIN \
                 INSERT INTO log VALUES ('t{at}', NEW.n); UPDATE t{at} SET n = 8 WHERE id = -1; END;"
            );
        }
        if self.view {
            text += &format!("CREATE VIEW v{at} AS SELECT id, n FROM t{at} WHERE n IS NOT NULL;");
        }
        text
    }

    /// Changes that keep all that is compared.
    fn change(&self, at: usize) -> String {
        let mut text = String::new();
        for (number, change) in self.changes.iter().enumerate() {
            let words = match change {
                0 => "ALTER COLUMN n SET DEFAULT 9".to_owned(),
                1 => "ALTER COLUMN n DROP DEFAULT".to_owned(),
                2 => format!("ADD COLUMN x{number} text NOT NULL DEFAULT 'new'"),
                3 => format!("ADD COLUMN x{number} timestamp DEFAULT now()"),
                4 => format!("ADD CONSTRAINT c{at}_{number} CHECK (n <> 50{number})"),
                5 => "DROP CONSTRAINT IF EXISTS fk_none".to_owned(),
                6 => "ALTER COLUMN n TYPE bigint".to_owned(),
                7 => format!("ADD CONSTRAINT u{at}_{number} UNIQUE (id, n)"),
                8 => "ALTER COLUMN n TYPE double precision".to_owned(),
                9 => format!("ADD COLUMN x{number} integer CHECK (x{number} > 0)"),
                10 => format!("RENAME CONSTRAINT fk{at} TO fk{at}"),
                _ => "ALTER COLUMN a SET DEFAULT 'it''s'".to_owned(),
            };
            // A second key over the same columns is no other one.
            let again = *change == 7 && self.changes[..number].contains(&7);
            if *change != 10 && !again {
                text += &format!("ALTER TABLE t{at} {words};\n");
            }
        }
        text
    }
}

/// The rows as they can be told apart, numbers by their value.
fn rows(connection: &Connection, count: usize) -> Vec<String> {
    let mut all = Vec::new();
    for at in 0..count {
        let sql = format!(
            "SELECT quote(id) || '|' || quote(a) || '|' || quote(b) || '|' || quote(CAST(n AS INTEGER)) || '|' \
             || quote(p) || '|' || quote(g) || '|' || quote(CAST(v AS INTEGER)) FROM t{at} ORDER BY 1"
        );
        let mut statement = connection.prepare(&sql).expect("readable");
        let found = statement
            .query_map([], |row| row.get::<_, String>(0))
            .expect("rows");
        all.extend(found.map(|row| format!("t{at}: {}", row.expect("a row"))));
        let rowids =
            format!("SELECT group_concat(rowid) FROM (SELECT rowid FROM t{at} ORDER BY rowid)");
        let found: Option<String> = connection
            .query_row(&rowids, [], |row| row.get(0))
            .unwrap_or_default();
        all.push(format!("t{at}: {found:?}"));
    }
    all
}

fn objects(connection: &Connection) -> Vec<String> {
    let sql = "SELECT type || ' ' || name || ': ' || sql FROM sqlite_schema WHERE type IN ('trigger', 'view') ORDER BY 1";
    let mut statement = connection.prepare(sql).expect("readable");
    let found = statement.query_map([], |row| row.get(0)).expect("rows");
    found.map(|row| row.expect("a row")).collect()
}

fn law(plans: &[Plan]) {
    let mut plans = plans.to_vec();
    // What others refer to has a key.
    for at in 0..plans.len() {
        let parent = plans[at].refers % plans.len();
        if plans[parent].key == 3 {
            plans[parent].key = 0;
        }
    }
    let count = plans.len();
    let each = |part: &dyn Fn(&Plan, usize) -> String| -> String {
        plans
            .iter()
            .enumerate()
            .map(|(at, plan)| part(plan, at))
            .collect()
    };
    let mut session = Sqlite::in_memory().expect("in memory");
    let before = [
        "CREATE TABLE log (t TEXT, n);".to_owned(),
        each(&|plan, at| plan.create(at, count)),
        each(&|plan, at| plan.fill(at)),
        each(&|plan, at| plan.refer(at, count)),
        each(&|plan, at| plan.watch(at)),
    ]
    .concat();
    session
        .connection()
        .execute_batch(&before)
        .unwrap_or_else(|error| panic!("{error}\n{before}"));
    let (old_rows, old_objects) = (
        rows(session.connection(), count),
        objects(session.connection()),
    );
    let change = each(&|plan, at| plan.change(at));
    if change.is_empty() {
        return;
    }
    let migrations = written_in(&change, Language::Postgres);
    let mut model = block_on(session.inspect(&Scope::default())).expect("readable");
    match block_on(Runner::new(&migrations).run(&mut session)) {
        Ok(_) => {
            for statement in &migrations.list()[0].scripts[0].up {
                for operation in &statement.operations {
                    model.apply(operation).expect("it fits");
                }
            }
            let found = block_on(session.inspect(&Scope::default())).expect("readable");
            let differences = differences(&model, &found, &SqliteDialect);
            assert!(differences.is_empty(), "{}", differences.join("\n"));
        }
        // A strict table has no place for a date, two unique keys may be one: nothing is changed then.
        Err(failure) => assert!(
            matches!(failure.error, Error::Conflicts(_)),
            "{failure}\n{before}\n{change}"
        ),
    }
    assert_eq!(
        rows(session.connection(), count),
        old_rows,
        "{before}\n{change}"
    );
    assert_eq!(objects(session.connection()), old_objects);
    let check: String = session
        .connection()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .expect("a check");
    assert_eq!(check, "ok");
    let orphans = session
        .connection()
        .prepare("SELECT * FROM pragma_foreign_key_check");
    assert!(!orphans.expect("a check").exists([]).expect("a check"));
}

/// `PROPTEST_CASES` asks for more.
fn config() -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok();
    ProptestConfig {
        cases: wanted.map_or(80, |text| text.parse().expect("a number")),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn rows_survive(plans in vec(plan(), 1..4)) {
        law(&plans);
    }
}
