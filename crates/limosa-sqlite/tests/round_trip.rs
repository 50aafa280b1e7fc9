//! Compile, execute, inspect: what comes back is what the model predicted.

mod common;

use std::fmt::Write as _;

use common::run;
use limosa_core::datatype::DataType;
use limosa_core::dialect::Dialect;
use limosa_core::diff::Comparison;
use limosa_core::expr::{Expr, Lexicon, Query};
use limosa_core::migrator::{Command, Migrator, Scope};
use limosa_core::name::{Case, ObjectName};
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{
    Action, Check, Column, Constraint, Deferrable, Definition, EnumType, ForeignKey, Generated,
    Identity, Index, IndexKey, Key, Schema, Table, Trigger, View,
};
use limosa_core::shared::Shared;
use limosa_sqlite::{Sqlite, SqliteDialect, block_on};
use rusqlite::Connection;

/// A database and what the model says about it.
struct World {
    model: Schema,
    session: Sqlite<Connection>,
}

impl World {
    fn new() -> Self {
        Self {
            model: Schema::empty(Case::Insensitive, Some("main".into())),
            session: Sqlite::in_memory().unwrap(),
        }
    }

    /// Does an operation to the database and the model, and compares them.
    #[track_caller]
    fn go(&mut self, operation: &Operation) -> &mut Self {
        let statements = SqliteDialect
            .compile(operation, &self.model)
            .unwrap_or_else(|error| panic!("{operation:?}: {error}"));
        for statement in &statements {
            run(&mut self.session, &[Command::Execute(statement)])
                .unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
        self.model.apply(operation).unwrap();
        self.compare();
        self
    }

    /// Executes text as its author wrote it, and compares with the operation that says the same.
    #[track_caller]
    fn go_as_written(&mut self, text: &str, operation: &Operation) -> &mut Self {
        run(&mut self.session, &[Command::Execute(text)]).unwrap();
        self.model.apply(operation).unwrap();
        self.compare();
        self
    }

    #[track_caller]
    fn compare(&mut self) {
        let found = block_on(self.session.inspect(&Scope::default())).unwrap();
        let comparison = Comparison::new(&SqliteDialect);
        let mut differences = String::new();
        for expected in &self.model.tables {
            let local = ObjectName::new(expected.name.name.clone());
            let Some(table) = found.table(&local) else {
                panic!("{} is not there", expected.name);
            };
            for difference in comparison.tables(expected, table, &self.model) {
                writeln!(differences, "{difference}").unwrap();
            }
            for table in [expected, table] {
                let once = SqliteDialect.normalise(table, &self.model);
                let twice = SqliteDialect.normalise(&once, &self.model);
                assert_eq!(once, twice, "normalising is idempotent");
            }
        }
        assert_eq!(differences, "");
        assert_eq!(found.tables.len(), self.model.tables.len());
        assert_eq!(found.views.len(), self.model.views.len());
        assert_eq!(found.triggers.len(), self.model.triggers.len());
    }
}

/// An expression of a Postgres file.
fn pg(text: &str) -> Expr {
    Expr::try_parse(text, &Lexicon::POSTGRES).unwrap()
}

fn column(name: &str, data_type: DataType) -> Column {
    Column::new(name, data_type)
}

fn create(table: Table) -> Operation {
    Operation::CreateTable {
        table: table.into(),
        if_not_exists: false,
    }
}

fn table(name: impl Into<ObjectName>, columns: Vec<Column>, constraints: Vec<Constraint>) -> Table {
    Table {
        columns: columns.into(),
        constraints: constraints.into(),
        ..Table::new(name.into())
    }
}

fn alter(name: &str, change: TableChange) -> Operation {
    Operation::AlterTable {
        table: name.into(),
        if_exists: false,
        change,
    }
}

fn add(name: &str, column: Column, constraints: Vec<Constraint>) -> Operation {
    alter(
        name,
        TableChange::AddColumn {
            column: column.into(),
            constraints: constraints.into(),
            if_not_exists: false,
        },
    )
}

fn index(name: &str, index: Index) -> Operation {
    Operation::CreateIndex {
        table: name.into(),
        index: index.into(),
        if_not_exists: false,
        concurrently: true,
    }
}

fn primary(columns: &[&str]) -> Constraint {
    Constraint::PrimaryKey(key(columns))
}

fn key(columns: &[&str]) -> Key {
    Key::new(None, columns.iter().map(|&name| name.to_owned()).collect())
}

fn check(name: Option<&str>, expr: &str) -> Constraint {
    Constraint::Check(Check {
        name: name.map(str::to_owned),
        expr: pg(expr),
        validated: true,
    })
}

fn numbered() -> Column {
    Column {
        nullable: false,
        identity: Some(Identity::Serial),
        ..column("id", DataType::BigInt)
    }
}

fn users() -> Table {
    table(
        "users",
        vec![numbered(), column("name", DataType::Text)],
        vec![primary(&["id"])],
    )
}

#[test]
fn every_type_comes_back() {
    let types = [
        DataType::SmallInt,
        DataType::Integer,
        DataType::BigInt,
        DataType::Real,
        DataType::Double,
        DataType::Numeric(None),
        DataType::Numeric(Some((10, 2))),
        DataType::Boolean,
        DataType::Text,
        DataType::Varchar(Some(40)),
        DataType::Varchar(None),
        DataType::Char(2),
        DataType::Bytes,
        DataType::Date,
        DataType::Time {
            precision: Some(3),
            zoned: true,
        },
        DataType::TIMESTAMP,
        DataType::TIMESTAMPTZ,
        DataType::Interval,
        DataType::Uuid,
        DataType::Json,
        DataType::Jsonb,
        DataType::Array(Shared::new(DataType::Text)),
        DataType::Other("inet".into()),
        DataType::Other("citext".into()),
    ];
    let columns = types
        .into_iter()
        .enumerate()
        .map(|(at, data_type)| column(&format!("c{at}"), data_type))
        .collect();
    World::new().go(&create(table("types", columns, vec![])));
}

#[test]
fn every_default_comes_back() {
    let defaults = [
        (DataType::TIMESTAMPTZ, "now()"),
        (DataType::TIMESTAMP, "CURRENT_TIMESTAMP"),
        (DataType::TIMESTAMP, "timezone('utc', now())"),
        (DataType::TIMESTAMP, "now() AT TIME ZONE 'utc'"),
        (DataType::Date, "CURRENT_DATE"),
        (DataType::Boolean, "true"),
        (DataType::Boolean, "'f'"),
        (DataType::Text, "'it''s'::text"),
        (DataType::Varchar(Some(9)), "'x'::character varying"),
        (DataType::Integer, "-1"),
        (DataType::Numeric(Some((5, 2))), "1.50"),
        (DataType::Jsonb, "'{}'::jsonb"),
        (DataType::Array(Shared::new(DataType::Text)), "'{}'::text[]"),
        (
            DataType::Array(Shared::new(DataType::Text)),
            "ARRAY[]::text[]",
        ),
        (DataType::Uuid, "gen_random_uuid()"),
        (DataType::Text, "lower('A' || 'b')"),
        (DataType::Bytes, "'\\x00ff'::bytea"),
    ];
    let columns = defaults
        .into_iter()
        .enumerate()
        .map(|(at, (data_type, default))| Column {
            default: Some(pg(default)),
            ..column(&format!("c{at}"), data_type)
        })
        .collect();
    let mut world = World::new();
    world.go(&create(table("defaults", columns, vec![])));
    run(
        &mut world.session,
        &[Command::Execute("INSERT INTO defaults DEFAULT VALUES")],
    )
    .unwrap();
    let uuid = common::value(&mut world.session, "SELECT c14 FROM defaults");
    let shape: String = uuid
        .chars()
        .map(|c| if c == '-' { '-' } else { 'x' })
        .collect();
    assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "{uuid}");
    assert_eq!(&uuid[14..15], "4");
    assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    assert_eq!(
        common::value(&mut world.session, "SELECT c6 FROM defaults"),
        "0"
    );
}

#[test]
fn keys_and_checks_come_back() {
    let mut orders = table(
        "orders",
        vec![
            Column {
                nullable: false,
                ..column("a", DataType::Integer)
            },
            column("b", DataType::Text),
            column("user_id", DataType::BigInt),
            column("total", DataType::Numeric(None)),
            Column {
                generated: Some(Generated {
                    expr: pg("total * 2"),
                    stored: true,
                }),
                ..column("twice", DataType::Numeric(None))
            },
            Column {
                collation: Some("NOCASE".into()),
                ..column("folded", DataType::Text)
            },
        ],
        vec![
            primary(&["a", "b"]),
            Constraint::Unique(key(&["b", "total"])),
            check(Some("positive"), "total >= 0"),
            check(None, "a <> 7 OR b IS NOT NULL"),
            check(None, "b IN ('x', 'y') AND b LIKE 'x%'"),
        ],
    );
    let mut foreign = ForeignKey::new(vec!["user_id".into()], "users".into(), vec!["id".into()]);
    foreign.on_delete = Action::Cascade;
    foreign.on_update = Action::SetNull;
    foreign.deferrable = Deferrable::InitiallyDeferred;
    foreign.name = Some("orders_user".into());
    orders.constraints.push(Constraint::ForeignKey(foreign));
    let own = ForeignKey::new(
        vec!["a".into(), "b".into()],
        "orders".into(),
        vec!["a".into(), "b".into()],
    );
    orders.constraints.push(Constraint::ForeignKey(own));
    World::new().go(&create(users())).go(&create(orders));
}

#[test]
fn enum_columns_are_texts_with_a_check() {
    let mood = EnumType {
        name: "mood".into(),
        labels: vec!["sad".into(), "it's ok".into()],
        comment: None,
    };
    let feelings = table(
        "feelings",
        vec![Column {
            nullable: false,
            default: Some(pg("'sad'::mood")),
            ..column("m", DataType::Enum("mood".into()))
        }],
        vec![],
    );
    let mut world = World::new();
    world
        .go(&Operation::CreateEnum {
            enum_type: mood.into(),
            if_not_exists: false,
        })
        .go(&create(feelings))
        .go(&add(
            "feelings",
            column("later", DataType::Enum("mood".into())),
            vec![],
        ));
    let wrong = Command::Execute("INSERT INTO feelings (m) VALUES ('glad')");
    run(&mut world.session, &[wrong]).unwrap_err();
    run(
        &mut world.session,
        &[Command::Execute(
            "INSERT INTO feelings (m) VALUES ('it''s ok')",
        )],
    )
    .unwrap();
}

#[test]
fn columns_are_added_renamed_and_dropped() {
    let mut world = World::new();
    let foreign = ForeignKey::new(vec!["friend".into()], "users".into(), vec![]);
    let defaulted = Column {
        nullable: false,
        default: Some(pg("0")),
        ..column("score", DataType::Integer)
    };
    let computed = Column {
        generated: Some(Generated {
            expr: pg("score + 1"),
            stored: false,
        }),
        ..column("next", DataType::Integer)
    };
    world
        .go(&create(users()))
        .go(&add("users", column("Last Name", DataType::Text), vec![]))
        .go(&add("users", defaulted, vec![check(None, "score >= 0")]))
        .go(&add(
            "users",
            column("friend", DataType::BigInt),
            vec![Constraint::ForeignKey(foreign)],
        ))
        .go(&add("users", computed, vec![]))
        .go(&index("users", Index::on_columns("by_name", ["Last Name"])))
        .go(&alter(
            "users",
            TableChange::RenameColumn {
                from: "score".into(),
                to: "points".into(),
            },
        ));
    for name in ["next", "points", "friend", "Last Name"] {
        world.go(&alter(
            "users",
            TableChange::DropColumn {
                name: name.into(),
                if_exists: false,
                cascade: false,
            },
        ));
    }
}

#[test]
fn indexes_come_back() {
    let mut world = World::new();
    let mut partial = Index::on_columns("partial", ["name"]);
    partial.unique = true;
    partial.predicate = Some(pg("name IS NOT NULL AND id > 3"));
    partial.include = vec!["id".into()];
    let mut expression = Index::on_columns("expression", ["id"]);
    expression.keys.push(IndexKey {
        expr: pg("lower(name)"),
        descending: true,
        nulls_first: Some(true),
        operator_class: None,
    });
    expression.method = Some("btree".into());
    let mut collated = Index::on_columns("collated", []);
    collated.keys.push(IndexKey {
        expr: Expr::Collate(Shared::new(Expr::column("name")), "NOCASE".into()),
        descending: true,
        ..IndexKey::column("name")
    });
    world
        .go(&create(users()))
        .go(&index("users", partial))
        .go(&index("users", expression))
        .go(&index("users", collated))
        .go(&Operation::RenameIndex {
            from: "expression".into(),
            to: "renamed".into(),
            if_exists: false,
        })
        .go(&Operation::DropIndex {
            name: "partial".into(),
            if_exists: false,
            concurrently: true,
            cascade: false,
        });
}

#[test]
fn hostile_names_come_back() {
    let hostile = "a\"b'c; DROP TABLE x -- é[`]";
    let mut world = World::new();
    let columns = vec![
        column(hostile, DataType::Text),
        column("select", DataType::Text),
        column("CHECK", DataType::Text),
        column("1st", DataType::Text),
    ];
    let checks = vec![Constraint::Check(Check {
        name: Some(hostile.into()),
        expr: Expr::binary(Expr::column(hostile), "<>", Expr::String("'\"--".into())),
        validated: true,
    })];
    world
        .go(&create(table(hostile, columns, checks)))
        .go(&index(
            hostile,
            Index::on_columns("order by", [hostile, "select"]),
        ))
        .go(&Operation::RenameTable {
            from: hostile.into(),
            to: "Group By".into(),
            mentions: limosa_core::operation::Mentions::Follow,
        });
}

#[test]
fn names_compare_without_case() {
    let mut world = World::new();
    let plain = table(
        "users",
        vec![
            column("Name", DataType::Text),
            column("AGE", DataType::Integer),
        ],
        vec![Constraint::Unique(key(&["Name"]))],
    );
    world
        .go_as_written(
            "create table Users ([Name] text, `AGE` INTEGER, constraint u unique (\"Name\"))",
            &create(plain),
        )
        .go(&add("USERS", column("extra", DataType::Text), vec![]));
}

#[test]
fn tables_as_sqlites_users_write_them_come_back() {
    let mut expected = table(
        "t",
        vec![
            Column {
                identity: Some(Identity::Autoincrement),
                nullable: false,
                ..column("id", DataType::Integer)
            },
            Column {
                default: Some(pg("CURRENT_TIMESTAMP")),
                nullable: false,
                ..column("at", DataType::TIMESTAMP)
            },
            Column {
                default: Some(Expr::String("x, y".into())),
                ..column("note", DataType::Varchar(Some(10)))
            },
            Column {
                generated: Some(Generated {
                    expr: pg("id + 1"),
                    stored: false,
                }),
                ..column("next", DataType::Integer)
            },
        ],
        vec![primary(&["id"]), check(Some("c"), "id > 0")],
    );
    World::new().go_as_written(
        "CREATE TABLE t ( -- the table\n id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,\n \
         at timestamp not null default (CURRENT_TIMESTAMP), note VARCHAR (10) DEFAULT \"x, y\", \
         next int generated always as (id + 1) virtual, CONSTRAINT c CHECK (id > 0) )",
        &create(expected.clone()),
    );
    expected.columns.truncate(1);
    expected.columns[0].identity = None;
    expected.constraints.truncate(1);
    expected.storage.strict = true;
    expected.storage.without_rowid = true;
    World::new().go_as_written(
        "CREATE TABLE t (id INTEGER PRIMARY KEY) STRICT, WITHOUT ROWID",
        &create(expected.clone()),
    );
    World::new().go(&create(expected));
}

#[test]
fn views_and_triggers_come_back() {
    let mut world = World::new();
    let query = Query::parse(
        "SELECT u.id, upper(u.name) AS shout FROM public.users u WHERE u.name LIKE 'a_%'",
        &Lexicon::POSTGRES,
    )
    .unwrap();
    let view = View {
        name: "loud".into(),
        columns: vec!["n".into(), "shout".into()],
        query: Definition::Query(Shared::new(query)),
        materialized: false,
        comment: None,
    };
    let trigger = Trigger {
        name: "touch".into(),
        table: "users".into(),
        dialect: "sqlite".into(),
        text: "CREATE TRIGGER touch AFTER INSERT ON users BEGIN SELECT 1; SELECT 2; END".into(),
    };
    world
        .go(&create(users()))
        .go(&Operation::CreateView {
            view: view.clone().into(),
            or_replace: false,
            if_not_exists: false,
        })
        .go(&Operation::CreateTrigger {
            trigger: trigger.into(),
            or_replace: false,
            if_not_exists: false,
        });
    let insert = Command::Execute("INSERT INTO users (name) VALUES ('ab'), ('Ab'), ('a')");
    run(&mut world.session, &[insert]).unwrap();
    assert_eq!(
        common::value(&mut world.session, "SELECT group_concat(shout) FROM loud"),
        "AB"
    );
    world
        .go(&Operation::CreateView {
            view: view.into(),
            or_replace: true,
            if_not_exists: false,
        })
        .go(&Operation::DropTrigger {
            name: "touch".into(),
            table: Some("users".into()),
            if_exists: false,
        })
        .go(&Operation::DropView {
            name: "loud".into(),
            materialized: false,
            if_exists: false,
            cascade: false,
        })
        .go(&Operation::DropTable {
            name: "users".into(),
            if_exists: false,
            cascade: false,
        });
}

#[test]
fn virtual_tables_and_those_behind_them_are_left_out() {
    let mut world = World::new();
    world.go(&create(users()));
    let virtual_table = Command::Execute("CREATE VIRTUAL TABLE search USING fts5(body)");
    run(&mut world.session, &[virtual_table, Command::CreateJournal]).unwrap();
    world.compare();
}

#[test]
fn inspects_many_tables_quickly() {
    let mut session = Sqlite::in_memory().unwrap();
    for number in 0..400 {
        let create = format!(
            "CREATE TABLE t{number} (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x', b INT \
             REFERENCES t0, c DATETIME DEFAULT CURRENT_TIMESTAMP, CHECK (b > 0))"
        );
        let index = format!("CREATE INDEX i{number} ON t{number} (a, lower(c)) WHERE b > 1");
        run(
            &mut session,
            &[Command::Execute(&create), Command::Execute(&index)],
        )
        .unwrap();
    }
    let start = std::time::Instant::now();
    let schema = block_on(session.inspect(&Scope::default())).unwrap();
    let elapsed = start.elapsed();
    assert_eq!(schema.tables.len(), 400);
    assert_eq!(schema.tables[399].indexes.len(), 1);
    // Generous: a debug build on a busy machine takes some 50 ms.
    assert!(elapsed.as_millis() < 2000, "{elapsed:?}");
    println!("{elapsed:?}");
}
