//! `DROP TABLE`, `INDEX`, `VIEW`, `TYPE` and `TRIGGER`; several names give several operations.

use limosa_core::name::ObjectName;
use limosa_core::operation::Operation;

use crate::cursor::Cursor;
use crate::language::Language;

/// What is dropped.
#[derive(Clone, Copy)]
enum Kind {
    Table,
    Index,
    View,
    MaterializedView,
    Type,
}

/// What is said about it.
#[derive(Clone, Copy)]
struct Manner {
    if_exists: bool,
    concurrently: bool,
    cascade: bool,
}

pub(super) fn read(mut cursor: Cursor<'_>, _: &str, _: Language) -> Option<Vec<Operation>> {
    if cursor.words("DROP TRIGGER") {
        return trigger(&mut cursor);
    }
    let kinds = [
        ("DROP TABLE", Kind::Table),
        ("DROP INDEX", Kind::Index),
        ("DROP VIEW", Kind::View),
        ("DROP MATERIALIZED VIEW", Kind::MaterializedView),
        ("DROP TYPE", Kind::Type),
    ];
    let (_, kind) = kinds.iter().find(|(words, _)| cursor.words(words))?;
    let concurrently = matches!(kind, Kind::Index) && cursor.words("CONCURRENTLY");
    let if_exists = cursor.words("IF EXISTS");
    let mut names = vec![cursor.object()?];
    while cursor.operator(",") {
        names.push(cursor.object()?);
    }
    let cascade = cursor.words("CASCADE");
    let manner = Manner {
        if_exists,
        concurrently,
        cascade,
    };
    ends(&mut cursor).then(|| {
        names
            .into_iter()
            .map(|name| kind.drop(name, manner))
            .collect()
    })
}

/// `RESTRICT` is the default.
fn ends(cursor: &mut Cursor<'_>) -> bool {
    cursor.words("RESTRICT");
    cursor.at_end()
}

/// `CASCADE` reaches nothing: nothing depends on a trigger.
fn trigger(cursor: &mut Cursor<'_>) -> Option<Vec<Operation>> {
    let if_exists = cursor.words("IF EXISTS");
    let named = cursor.object()?;
    let table = if cursor.words("ON") {
        Some(cursor.object()?)
    } else {
        None
    };
    cursor.words("CASCADE");
    let drop = Operation::DropTrigger {
        name: named.name,
        table,
        if_exists,
    };
    ends(cursor).then(|| vec![drop])
}

impl Kind {
    fn drop(self, name: ObjectName, manner: Manner) -> Operation {
        let Manner {
            if_exists,
            concurrently,
            cascade,
        } = manner;
        match self {
            Self::Table => Operation::DropTable {
                name,
                if_exists,
                cascade,
            },
            Self::Index => Operation::DropIndex {
                name,
                if_exists,
                concurrently,
                cascade,
            },
            Self::View | Self::MaterializedView => Operation::DropView {
                name,
                materialized: matches!(self, Self::MaterializedView),
                if_exists,
                cascade,
            },
            Self::Type => Operation::DropEnum {
                name,
                if_exists,
                cascade,
            },
        }
    }
}
