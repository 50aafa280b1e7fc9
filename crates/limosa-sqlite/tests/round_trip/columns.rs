//! Columns: their types, defaults and labels, added, renamed and dropped.

use limosa_core::datatype::DataType;
use limosa_core::migrator::Command;
use limosa_core::operation::{Operation, TableChange};
use limosa_core::schema::{Column, Constraint, EnumType, ForeignKey, Generated, Index};
use limosa_core::shared::Shared;

use crate::common::{run, value};
use crate::model::{add, alter, check, column, create, index, pg, table, users};
use crate::world::World;

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
    let uuid = value(&mut world.session, "SELECT c14 FROM defaults");
    let shape: String = uuid
        .chars()
        .map(|c| if c == '-' { '-' } else { 'x' })
        .collect();
    assert_eq!(shape, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "{uuid}");
    assert_eq!(&uuid[14..15], "4");
    assert!("89ab".contains(&uuid[19..20]), "{uuid}");
    assert_eq!(value(&mut world.session, "SELECT c6 FROM defaults"), "0");
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
