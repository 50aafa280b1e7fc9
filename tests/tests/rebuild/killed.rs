//! A kill at each step of a rebuild: the old table is whole, or the new one is.

use limosa_tests::child::{Order, Way};
use limosa_tests::snapshot::Snapshot;
use limosa_tests::{On, directory, gaps};

/// The test that carries out orders.
const CHILD: &str = "killed::carries_out_its_order";

const BEFORE: &str = "PRAGMA journal_mode = WAL;
    CREATE TABLE parent (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, n INTEGER);
    CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parent ON DELETE CASCADE);
    CREATE INDEX by_name ON parent (name);
    CREATE TRIGGER watch AFTER UPDATE ON parent BEGIN UPDATE child SET parent = NEW.id WHERE parent = OLD.id; END;
    WITH RECURSIVE numbers (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM numbers WHERE i < 500)
        INSERT INTO parent SELECT i, 'name ' || i, i * 7 FROM numbers;
    INSERT INTO child SELECT id * 10, id FROM parent;
    DELETE FROM parent WHERE id > 490;";

const CHANGE: &str = "ALTER TABLE parent ALTER COLUMN n TYPE text;
    ALTER TABLE parent ADD COLUMN m integer NOT NULL DEFAULT 4;
    CREATE INDEX by_m ON parent (m);
    ALTER TABLE child ALTER COLUMN parent SET NOT NULL;";

async fn database() -> On {
    let on = On::sqlite();
    on.execute(BEFORE).await;
    on.execute("PRAGMA wal_checkpoint(TRUNCATE)").await;
    on
}

/// The process that is killed: this binary, started again for this test alone.
#[tokio::test]
async fn carries_out_its_order() {
    if let Some(order) = Order::given() {
        order.carry_out().await;
    }
}

#[tokio::test]
async fn at_each_step() {
    let directory = directory(&[CHANGE]);
    let migrations = limosa_sql::read_dir(directory.path()).expect("readable");
    let way = Way::Up(None);
    let before = database().await;
    let old = Snapshot::of(&before).await;
    let calm = database().await;
    let session = calm.session().await;
    let gaps = gaps::of(session, async |session| way.go(&migrations, session).await).await;
    let new = Snapshot::of(&calm).await;
    for step in [
        "DROP TABLE \"parent\"",
        "ALTER TABLE \"limosa_new_child\" RENAME",
        "commit",
    ] {
        assert!(
            gaps.iter().any(|gap| gap.contains(step)),
            "{step}: {gaps:#?}"
        );
    }
    for (gap, what) in gaps.iter().enumerate() {
        let on = before.copy().await;
        let order = Order {
            url: on.url(),
            directory: directory.path().to_owned(),
            way: way.clone(),
            kill: Some(gap),
        };
        assert_eq!(order.give(CHILD), None, "killed at gap {gap}, {what}");
        let left = Snapshot::of(&on).await;
        let whole = left.differences(&old).is_empty() || left.differences(&new).is_empty();
        assert!(whole, "{what}: {:#?}", left.differences(&old));
        let recovers = way.recovers(&on, &migrations, &new).await;
        recovers.unwrap_or_else(|why| panic!("{what}: {why}"));
    }
}
