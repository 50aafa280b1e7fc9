//! The tables that are there at the beginning, with their rows.

use proptest::collection::vec;
use proptest::prelude::*;

use crate::values::{ACTIONS, any_value, number, text_value};

/// How a table is made.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// 0 for a rowid table, then AUTOINCREMENT, WITHOUT ROWID, no key at all, `INT PRIMARY KEY`, a key of two.
    key: u8,
    strict: bool,
    /// To which table the foreign key goes, and what it does.
    refers: usize,
    action: usize,
    rows: Vec<[u8; 4]>,
    trigger: bool,
    view: bool,
    unique: bool,
}

pub(super) fn table() -> impl Strategy<Value = Table> {
    (
        (0..6_u8, any::<bool>(), 0..4_usize, 0..4_usize),
        vec(any::<[u8; 4]>(), 0..7),
        any::<[bool; 3]>(),
    )
        .prop_map(
            |((key, strict, refers, action), rows, [trigger, view, unique])| Table {
                key,
                strict,
                refers,
                action,
                rows,
                trigger,
                view,
                unique,
            },
        )
}

/// What others refer to has a key of one column.
fn with_keys(tables: &[Table]) -> Vec<Table> {
    let mut tables = tables.to_vec();
    for at in 0..tables.len() {
        let parent = tables[at].refers % tables.len();
        if matches!(tables[parent].key, 3 | 5) {
            tables[parent].key = 0;
        }
    }
    tables
}

impl Table {
    fn create(&self, at: usize, count: usize) -> String {
        let key = match self.key {
            1 => "INTEGER PRIMARY KEY AUTOINCREMENT",
            3 | 5 => "INTEGER",
            4 => "INT PRIMARY KEY",
            _ => "INTEGER PRIMARY KEY",
        };
        let any = if self.strict { "ANY" } else { "BLOB" };
        let mut options = Vec::new();
        if self.key == 2 {
            options.push("WITHOUT ROWID");
        }
        if self.strict {
            options.push("STRICT");
        }
        let mut constraints = String::new();
        if self.key == 5 {
            constraints += &format!(", CONSTRAINT pk{at} PRIMARY KEY (id, k)");
        }
        if self.unique {
            constraints +=
                &format!(", CONSTRAINT u{at} UNIQUE (id, b), CHECK (length(a) >= 0 AND n < 2000)");
        }
        format!(
            "CREATE TABLE t{at} (id {key}, -- the key\n a TEXT COLLATE NOCASE, b {any}, k TEXT DEFAULT 'k',\n \
             n INTEGER DEFAULT 5 CONSTRAINT small{at} CHECK (n < 1000),\n \
             p INTEGER CONSTRAINT fk{at} REFERENCES t{} ON DELETE {},\n \
             g TEXT GENERATED ALWAYS AS (upper(a)) STORED, v INTEGER AS (n + 1){constraints}) {};\n\
             CREATE INDEX s{at} ON t{at} (a DESC, n) WHERE n > 1;\n",
            self.refers % count,
            ACTIONS[self.action],
            options.join(", ")
        )
    }

    fn fill(&self, at: usize) -> String {
        let rows = self.rows.iter().enumerate().map(|(row, [a, b, n, _])| {
            format!(
                "INSERT INTO t{at} (id, a, b, n) VALUES ({}, {}, {}, {});\n",
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
            "UPDATE t{at} SET p = (SELECT q.id FROM t{parent} AS q WHERE q.id <= t{at}.id ORDER BY q.id DESC LIMIT 1);\n"
        )
    }

    fn watch(&self, at: usize) -> String {
        let mut text = String::new();
        if self.trigger {
            text += &format!(
                "CREATE TRIGGER w{at} AFTER INSERT ON t{at} BEGIN \
                 INSERT INTO log VALUES ('t{at}', NEW.n); UPDATE t{at} SET n = 8 WHERE id = -1; END;\n"
            );
        }
        if self.view {
            text += &format!("CREATE VIEW v{at} AS SELECT id, n FROM t{at} WHERE n IS NOT NULL;\n");
        }
        text
    }

    fn create_on_both(&self, at: usize) -> String {
        let key = if self.key == 3 { "" } else { " PRIMARY KEY" };
        let mut text = format!(
            "CREATE TABLE t{at} (id bigint{key}, a text, k text DEFAULT 'k', \
             n integer DEFAULT 5 CONSTRAINT small{at} CHECK (n < 1000), d double precision, p bigint, f boolean, \
             g text GENERATED ALWAYS AS (upper(a)) STORED);\n\
             CREATE INDEX s{at} ON t{at} (a DESC, n) WHERE n > 1;\n"
        );
        if self.unique {
            text += &format!("ALTER TABLE t{at} ADD CONSTRAINT u{at} UNIQUE (id, a);\n");
        }
        if self.view {
            text += &format!("CREATE VIEW w{at} AS SELECT id, n FROM t{at} WHERE n IS NOT NULL;\n");
        }
        text
    }

    fn fill_both(&self, at: usize) -> String {
        let rows = self.rows.iter().enumerate().map(|(row, [a, d, n, f])| {
            let a = match a % 7 {
                0 => "NULL".to_owned(),
                1 => "''".to_owned(),
                2 => "'it''s \"quoted\" -- naïve 日本'".to_owned(),
                3 => format!("'{}'", "long ".repeat(2000)),
                4 => "'12'".to_owned(),
                5 => "'no'".to_owned(),
                _ => format!("'text {a}'"),
            };
            let d = match d % 6 {
                0 => "NULL".to_owned(),
                1 => "0.25".to_owned(),
                2 => "0.001".to_owned(),
                3 => "3".to_owned(),
                _ => format!("-{d}.5"),
            };
            let f = ["NULL", "true", "false"][usize::from(f % 3)];
            format!(
                "INSERT INTO t{at} (id, a, n, d, f) VALUES ({}, {a}, {}, {d}, {f});\n",
                (row + 1) * 3,
                number(*n),
            )
        });
        rows.collect()
    }

    fn refer_on_both(&self, at: usize, count: usize) -> String {
        let parent = self.refers % count;
        format!(
            "UPDATE t{at} SET p = (SELECT max(q.id) FROM t{parent} AS q WHERE q.id <= t{at}.id);\n\
             ALTER TABLE t{at} ADD CONSTRAINT fk{at} FOREIGN KEY (p) REFERENCES t{parent} (id) ON DELETE {};\n",
            ACTIONS[self.action]
        )
    }
}

fn each(tables: &[Table], part: impl Fn(&Table, usize) -> String) -> String {
    let all = tables.iter().enumerate();
    all.map(|(at, table)| part(table, at)).collect()
}

/// As `SQLite` says it, with all that it has.
pub(super) fn sqlite(tables: &[Table]) -> String {
    let tables = &with_keys(tables);
    let count = tables.len();
    [
        "CREATE TABLE log (t TEXT, n);\n".to_owned(),
        each(tables, |table, at| table.create(at, count)),
        each(tables, Table::fill),
        each(tables, |table, at| table.refer(at, count)),
        each(tables, Table::watch),
    ]
    .concat()
}

/// As `PostgreSQL` says it, with what both have.
pub(super) fn both(tables: &[Table]) -> String {
    let tables = &with_keys(tables);
    let count = tables.len();
    [
        each(tables, Table::create_on_both),
        each(tables, Table::fill_both),
        each(tables, |table, at| table.refer_on_both(at, count)),
    ]
    .concat()
}
