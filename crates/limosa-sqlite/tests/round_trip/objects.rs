//! Indexes, views and triggers, and what is left out.

use limosa_core::expr::{Expr, Lexicon, Query};
use limosa_core::migrator::{Command, Migrator, Scope};
use limosa_core::operation::Operation;
use limosa_core::schema::{Definition, Index, IndexKey, Trigger, View};
use limosa_core::shared::Shared;
use limosa_sqlite::{Sqlite, block_on};

use crate::common::{run, value};
use crate::model::{create, index, pg, users};
use crate::world::World;

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
        value(&mut world.session, "SELECT group_concat(shout) FROM loud"),
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
