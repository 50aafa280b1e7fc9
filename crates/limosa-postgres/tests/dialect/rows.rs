//! Rows, text of the author's, and calls of functions.

use limosa_core::expr::Expr;
use limosa_core::operation::{
    Assignment, Conflict, Delete, Effect, Operation, Source, Sql, Update,
};
use limosa_postgres::PostgresDialect;

use crate::compiled::{check, check_refused, expr, insert, sql};

#[test]
fn rows() {
    let set = || {
        vec![Assignment {
            column: "a".into(),
            value: None,
        }]
    };
    check(
        &insert(
            Source::Values(
                vec![
                    vec![Some(expr("1")), None],
                    vec![Some(Expr::Null), Some(Expr::Bool(true))],
                ]
                .into(),
            ),
            Some(Conflict {
                columns: vec!["a".into()],
                constraint: None,
                update: set().into(),
                filter: Some(expr("t.b")),
            }),
        ),
        &[
            "INSERT INTO \"t\" (\"a\", \"b\") VALUES (1, DEFAULT), (NULL, true) \
           ON CONFLICT (\"a\") DO UPDATE SET \"a\" = DEFAULT WHERE \"t\".\"b\"",
        ],
    );
    let nothing = Conflict {
        columns: vec![],
        constraint: None,
        update: vec![].into(),
        filter: None,
    };
    check(
        &insert(Source::Defaults, Some(nothing)),
        &["INSERT INTO \"t\" (\"a\", \"b\") DEFAULT VALUES ON CONFLICT DO NOTHING"],
    );
    let update = Update {
        with: limosa_core::expr::With::default(),
        table: "t".into(),
        alias: Some("x".into()),
        set: set().into(),
        from: vec![limosa_core::expr::Relation::Table(
            "o".into(),
            Some("y".into()),
        )]
        .into(),
        filter: Some(expr("x.a = y.a")),
    };
    check(
        &Operation::Update(update.into()),
        &[
            "UPDATE \"t\" AS \"x\" SET \"a\" = DEFAULT FROM \"o\" AS \"y\" WHERE \"x\".\"a\" = \"y\".\"a\"",
        ],
    );
    let delete = Delete {
        with: limosa_core::expr::With::default(),
        table: "t".into(),
        alias: None,
        using: vec![].into(),
        filter: Some(expr("a")),
    };
    check(
        &Operation::Delete(delete.into()),
        &["DELETE FROM \"t\" WHERE \"a\""],
    );
}

#[test]
fn verbatim_text() {
    check(&sql("DO $$ ; $$"), &["DO $$ ; $$"]);
    let foreign = Operation::Sql(
        Sql {
            dialect: Some("sqlite".into()),
            summary: "pragma".into(),
            effect: Effect::None,
            text: "PRAGMA".into(),
        }
        .into(),
    );
    check_refused(&foreign, "written for sqlite");
}

#[test]
fn calls_keep_the_syntax_that_the_standard_gives_them() {
    let said = |text| limosa_core::expr::render(&expr(text), &PostgresDialect).expect("its own");
    assert_eq!(said("extract(year from a)"), "EXTRACT('year' FROM \"a\")");
    assert_eq!(said("position('x' in a)"), "POSITION('x' IN \"a\")");
    assert_eq!(
        said("overlay(a placing 'x' from 2)"),
        "OVERLAY(\"a\" PLACING 'x' FROM 2)"
    );
    assert_eq!(said("current_user"), "CURRENT_USER");
}
