//! Indexes, enums, views, triggers, and comments on all of them.

use limosa_core::expr::{Expr, Lexicon, Query};
use limosa_core::operation::{Commented, LabelPosition, Operation};
use limosa_core::schema::{Definition, EnumType, Index, IndexKey, View};
use limosa_core::shared::Shared;

use crate::compiled::{add_label, check, check_refused, create_index, drop_index, expr, trigger};

#[test]
fn indexes() {
    check(
        &create_index(Index::on_columns("i", ["deletedAt"]), true),
        &["CREATE INDEX CONCURRENTLY \"i\" ON \"s\".\"t\" (\"deletedAt\")"],
    );
    let index = Index {
        keys: vec![
            IndexKey {
                descending: true,
                nulls_first: Some(false),
                ..IndexKey::column("a")
            },
            IndexKey {
                expr: Expr::Collate(Shared::new(expr("lower(b)")), "C".into()),
                operator_class: Some("text_pattern_ops".into()),
                ..IndexKey::column("b")
            },
        ]
        .into(),
        unique: true,
        nulls_not_distinct: true,
        method: Some("btree".into()),
        include: vec!["c".into()],
        predicate: Some(expr("d IS NULL")),
        comment: Some("why".into()),
        ..Index::on_columns("i", [])
    };
    check(
        &create_index(index, false),
        &[
            "CREATE UNIQUE INDEX \"i\" ON \"s\".\"t\" USING \"btree\" (\"a\" DESC NULLS LAST, \
             (lower(\"b\")) COLLATE \"C\" \"text_pattern_ops\") INCLUDE (\"c\") NULLS NOT DISTINCT \
             WHERE \"d\" IS NULL",
            "COMMENT ON INDEX \"s\".\"i\" IS 'why'",
        ],
    );
    check(&drop_index(true), &["DROP INDEX CONCURRENTLY \"i\""]);
    check(&drop_index(false), &["DROP INDEX \"i\""]);
    let rename = Operation::RenameIndex {
        from: "i".into(),
        to: "j".into(),
        if_exists: false,
    };
    check(&rename, &["ALTER INDEX \"i\" RENAME TO \"j\""]);
}

#[test]
fn enum_types() {
    let enum_type = EnumType {
        name: "e".into(),
        labels: vec!["a".into(), "b\\".into()],
        comment: None,
    };
    check(
        &Operation::CreateEnum {
            enum_type: enum_type.into(),
            if_not_exists: false,
        },
        &["CREATE TYPE \"e\" AS ENUM ('a', E'b\\\\')"],
    );
    check(&add_label(None), &["ALTER TYPE \"e\" ADD VALUE 'x''y'"]);
    check(
        &add_label(Some(LabelPosition::Before("a".into()))),
        &["ALTER TYPE \"e\" ADD VALUE 'x''y' BEFORE 'a'"],
    );
    let rename = Operation::RenameEnumLabel {
        name: "e".into(),
        from: "a".into(),
        to: "b".into(),
    };
    check(&rename, &["ALTER TYPE \"e\" RENAME VALUE 'a' TO 'b'"]);
    let rename = Operation::RenameEnum {
        from: "e".into(),
        to: "f".into(),
    };
    check(&rename, &["ALTER TYPE \"e\" RENAME TO \"f\""]);
    let drop = Operation::DropEnum {
        name: "e".into(),
        if_exists: false,
        cascade: false,
    };
    check(&drop, &["DROP TYPE \"e\""]);
}

fn view(query: Definition) -> Operation {
    let view = View {
        name: "v".into(),
        columns: vec!["x".into()],
        query,
        materialized: false,
        comment: None,
    };
    Operation::CreateView {
        view: view.into(),
        or_replace: true,
        if_not_exists: false,
    }
}

#[test]
fn views_and_triggers() {
    let query = Query::parse("SELECT a FROM t WHERE b", &Lexicon::POSTGRES).expect("a query");
    check(
        &view(Definition::Query(Shared::new(query))),
        &["CREATE OR REPLACE VIEW \"v\" (\"x\") AS SELECT \"a\" FROM \"t\" WHERE \"b\""],
    );
    let foreign = Definition::Verbatim {
        dialect: "sqlite".into(),
        text: "SELECT".into(),
    };
    check_refused(&view(foreign), "written for sqlite");
    let drop = Operation::DropView {
        name: "v".into(),
        materialized: true,
        if_exists: true,
        cascade: true,
    };
    check(&drop, &["DROP MATERIALIZED VIEW \"v\" CASCADE"]);
    check(&trigger("postgres"), &["CREATE TRIGGER g ..."]);
    check_refused(&trigger("sqlite"), "written for sqlite");
    let drop = |table| Operation::DropTrigger {
        name: "g".into(),
        table,
        if_exists: true,
    };
    check(&drop(Some("t".into())), &["DROP TRIGGER \"g\" ON \"t\""]);
    check_refused(&drop(None), "must name the table");
}

#[test]
fn comments() {
    let comment = |on, text: Option<&str>| Operation::Comment {
        on,
        text: text.map(Into::into),
    };
    check(
        &comment(Commented::Table("t".into()), None),
        &["COMMENT ON TABLE \"t\" IS NULL"],
    );
    check(
        &comment(Commented::Column("t".into(), "a".into()), Some("it's")),
        &["COMMENT ON COLUMN \"t\".\"a\" IS 'it''s'"],
    );
    check(
        &comment(Commented::View("v".into()), Some("")),
        &["COMMENT ON VIEW \"v\" IS ''"],
    );
    check(
        &comment(Commented::Enum("e".into()), Some("x")),
        &["COMMENT ON TYPE \"e\" IS 'x'"],
    );
    check(
        &comment(Commented::Index("i".into()), Some("x")),
        &["COMMENT ON INDEX \"i\" IS 'x'"],
    );
}
