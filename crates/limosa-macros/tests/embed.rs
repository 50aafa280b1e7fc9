//! The repository's own migrations, embedded.

use limosa_core::migration::Migrations;
use limosa_core::operation::Operation;

static MIGRATIONS: Migrations =
    limosa_macros::embed!("../../migrations", crate = limosa_core::migration);

#[test]
fn heads_need_no_decoding() {
    let heads = MIGRATIONS.heads("postgres");
    let versions: Vec<_> = heads.iter().map(|head| head.version.as_str()).collect();
    assert_eq!(
        versions,
        ["20250801000000", "20250804020810", "20250805000000"]
    );
    assert!(heads.iter().all(|head| head.checksum.is_some()));
}

#[test]
fn payloads_are_what_the_reader_reads() {
    let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let read = limosa_sql::read_dir(directory).expect("reads");
    for (embedded, read) in MIGRATIONS.list().iter().zip(read.list()) {
        assert_eq!(embedded.scripts[0].up, read.scripts[0].up);
        assert_eq!(embedded.scripts[0].checksum, read.scripts[0].checksum);
    }
    assert_eq!(MIGRATIONS.list().len(), 3);
}

#[test]
fn every_statement_is_understood() {
    for migration in MIGRATIONS.list() {
        for statement in &migration.scripts[0].up {
            assert_eq!(statement.unread, None);
            assert!(!matches!(*statement.operations[0], Operation::Sql(_)));
        }
    }
}
