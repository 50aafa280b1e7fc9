use super::*;

#[track_caller]
fn check(sql: &str, expected: &[&str]) {
    let said = read(sql);
    let found: Vec<String> = said.constraints.iter().map(show).collect();
    assert_eq!(found, expected, "{sql}");
}

fn show(constraint: &Constraint) -> String {
    let name = constraint
        .name()
        .map(|name| format!("{name}: "))
        .unwrap_or_default();
    let body = match constraint {
        Constraint::PrimaryKey(key) => format!("primary {}", key.columns.join(",")),
        Constraint::Unique(key) => format!("unique {}", key.columns.join(",")),
        Constraint::ForeignKey(key) => format!(
            "{} -> {}({}) {:?} {:?} {:?}",
            key.columns.join(","),
            key.table,
            key.references.join(","),
            key.on_delete,
            key.on_update,
            key.deferrable
        ),
        Constraint::Check(_) => "check".to_owned(),
    };
    name + &body
}

#[test]
fn reads_keys() {
    check("CREATE TABLE t (a INTEGER PRIMARY KEY)", &["primary a"]);
    check(
        "CREATE TABLE t(a, b, PRIMARY KEY(a DESC, b))",
        &["primary a,b"],
    );
    check(
        "CREATE TABLE t (a TEXT CONSTRAINT k UNIQUE ON CONFLICT REPLACE NOT NULL, b)",
        &["k: unique a"],
    );
    check(
        "CREATE TABLE [a b] (\"x\"\"y\" text, `z` int, CONSTRAINT 'odd' UNIQUE (\"x\"\"y\", [z]))",
        &["odd: unique x\"y,z"],
    );
    check(
        "CREATE TABLE t (a varchar ( 10 , 2 ) default (1 + (2)), /* , */ b -- ,\n unique)",
        &["unique b"],
    );
}

#[test]
fn reads_foreign_keys() {
    check(
        "CREATE TABLE t (a INT REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE NOT NULL)",
        &["a -> p() SetNull Cascade No"],
    );
    check(
        "CREATE TABLE t (a, b, FOREIGN KEY (a, b) REFERENCES p (x, y) MATCH SIMPLE \
         DEFERRABLE INITIALLY DEFERRED, UNIQUE(a))",
        &[
            "a,b -> p(x,y) NoAction NoAction InitiallyDeferred",
            "unique a",
        ],
    );
    check(
        "CREATE TABLE t (a REFERENCES p(id) NOT DEFERRABLE INITIALLY DEFERRED, b UNIQUE)",
        &["a -> p(id) NoAction NoAction No", "unique b"],
    );
}

#[test]
fn reads_columns() {
    let said = read(
        "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, n TEXT DEFAULT 'a,b)' COLLATE nocase, \
         g INT GENERATED ALWAYS AS (id * (2)) STORED, h AS (id))",
    );
    assert!(said.columns["id"].autoincrement);
    assert_eq!(said.columns["n"].collation.as_deref(), Some("nocase"));
    assert!(said.columns["g"].generated.is_some());
    assert!(said.columns["h"].generated.is_some());
    assert_eq!(said.constraints.len(), 1);
}

#[test]
fn reads_autoincrement_of_the_table() {
    let said = read("CREATE TABLE t (id INTEGER, PRIMARY KEY (id AUTOINCREMENT))");
    assert!(said.columns["id"].autoincrement);
}
