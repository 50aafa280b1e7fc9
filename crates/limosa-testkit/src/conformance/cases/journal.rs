//! The journal: made, written, read, forgotten.

use limosa_core::checksum::Checksum;
use limosa_core::journal::{Acceptance, Entry, FORMAT, Journal, State};
use limosa_core::migrator::{Command, Foreign, Migrator};
use limosa_core::version::Version;

use super::super::Setup;
use super::super::walk::{inspect, run};

fn entry(version: &str, name: &str) -> Entry {
    Entry {
        version: Version::from(version),
        name: name.to_owned(),
        checksum: Checksum(u128::MAX - 7),
        state: State::Applied,
        steps: 3,
        done: 3,
        adopted: 1,
        started_at: 1_700_000_000_123_456,
        finished_at: Some(1_700_000_000_223_457),
        applied_by: "o'wner \"x\"".to_owned(),
        written_by: "0.1.0".to_owned(),
        format: FORMAT,
        accepted: None,
        wordings: Vec::new(),
    }
}

async fn read(session: &mut dyn Migrator) -> Vec<Entry> {
    let journal = session.journal().await.expect("read the journal");
    journal.expect("the journal is there").entries
}

async fn record(session: &mut dyn Migrator, rows: Vec<(Entry, Option<String>)>) {
    run(session, &[Command::CreateJournal, Command::Record(rows)]).await;
}

/// A database without the table has no journal.
pub async fn there_is_none_at_first(setup: &dyn Setup) {
    let mut session = setup.session().await;
    assert_eq!(session.journal().await.expect("read"), None);
}

/// Reading makes no table, not even for others, and is possible within a transaction.
pub async fn reading_writes_nothing(setup: &dyn Setup) {
    let (mut own, mut other) = (setup.session().await, setup.session().await);
    run(&mut *own, &[Command::Begin(Foreign::Enforced)]).await;
    assert_eq!(own.journal().await.expect("read"), None);
    run(&mut *own, &[Command::Commit]).await;
    assert_eq!(other.journal().await.expect("read"), None);
    assert!(inspect(&mut *other).await.tables.is_empty());
    run(&mut *own, &[Command::CreateJournal]).await;
    assert_eq!(
        other.journal().await.expect("read"),
        Some(Journal::default())
    );
}

/// Nobody needs to say who is at work: the session knows.
pub async fn an_empty_role_means_the_sessions_own(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let mut row = entry("1", "first");
    row.applied_by = String::new();
    row.accepted = Some(Acceptance {
        at: 0,
        by: String::new(),
    });
    record(&mut *session, vec![(row, None)]).await;
    let row = read(&mut *session).await.remove(0);
    let found = row.applied_by;
    assert_ne!(found, "");
    assert_eq!(row.accepted.map(|one| one.by).as_ref(), Some(&found));
    if let Some(role) = session.server().await.expect("a server").role {
        assert_eq!(found, role);
    }
}

/// Every field survives, whatever is in it, and rows come in the order of versions.
pub async fn rows_read_back_equal(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let mut rows = vec![
        entry("2", "drop'); DROP TABLE limosa_journal; --"),
        entry("10", "naïve \"日本\" \\ $1 \t \n end"),
        entry("20250801000000", ""),
    ];
    rows[0].state = State::Started;
    rows[0].finished_at = None;
    rows[1].state = State::RolledBack;
    rows[1].checksum = Checksum(0);
    rows[1].started_at = -1;
    rows[2].steps = 4_000_000_000;
    rows[2].accepted = Some(Acceptance {
        at: 1_700_000_000_323_457,
        by: "o'wner \"x\"".to_owned(),
    });
    rows[2].wordings = vec![Checksum(0), Checksum(u128::MAX)];
    let text = "SELECT 'it''s', $$x$$; -- \\ \"日本\"\r\n\t\u{1F426}";
    let shuffled = [2, 0, 1].map(|at: usize| (rows[at].clone(), Some(text.to_owned())));
    record(&mut *session, shuffled.to_vec()).await;
    assert_eq!(read(&mut *session).await, rows);
    let recorded = session.recorded_text("10").await.expect("recorded text");
    assert_eq!(recorded.as_deref(), Some(text));
    assert_eq!(
        session.recorded_text("11").await.expect("recorded text"),
        None
    );
}

/// A thousand rows in one command.
pub async fn many_rows_read_back(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let rows: Vec<Entry> = (1..=1000)
        .map(|n| entry(&n.to_string(), &format!("m{n}")))
        .collect();
    record(
        &mut *session,
        rows.iter().map(|row| (row.clone(), None)).collect(),
    )
    .await;
    assert_eq!(read(&mut *session).await, rows);
    record(&mut *session, Vec::new()).await;
    assert_eq!(read(&mut *session).await.len(), 1000);
}

/// What was true of a row's words stays true: its wordings are added to those that are there.
pub async fn wordings_are_added(setup: &dyn Setup) {
    let mut session = setup.session().await;
    for (sums, kept) in [
        (vec![], vec![]),
        (vec![1], vec![1]),
        (vec![], vec![1]),
        (vec![2, 3], vec![1, 2, 3]),
    ] {
        let row = Entry {
            wordings: sums.into_iter().map(Checksum).collect(),
            ..entry("1", "one")
        };
        record(&mut *session, vec![(row, None)]).await;
        let kept: Vec<Checksum> = kept.into_iter().map(Checksum).collect();
        assert_eq!(read(&mut *session).await[0].wordings, kept);
    }
}

/// A row of the same version is replaced; no text means the text that is there.
pub async fn rows_are_replaced_and_keep_their_text(setup: &dyn Setup) {
    let mut session = setup.session().await;
    record(
        &mut *session,
        vec![(entry("1", "one"), Some("first".to_owned()))],
    )
    .await;
    let changed = Entry {
        state: State::RolledBack,
        done: 0,
        ..entry("1", "other")
    };
    record(&mut *session, vec![(changed.clone(), None)]).await;
    assert_eq!(read(&mut *session).await, std::slice::from_ref(&changed));
    let text = session.recorded_text("1").await.expect("recorded text");
    assert_eq!(text.as_deref(), Some("first"));
    record(&mut *session, vec![(changed, Some("second".to_owned()))]).await;
    let text = session.recorded_text("1").await.expect("recorded text");
    assert_eq!(text.as_deref(), Some("second"));
}

/// One row goes, the others stay; a version without a row is no error.
pub async fn rows_are_forgotten(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let rows = ["1", "2"].map(|version| (entry(version, "m"), None));
    record(&mut *session, rows.to_vec()).await;
    run(&mut *session, &[Command::Forget("1"), Command::Forget("3")]).await;
    assert_eq!(read(&mut *session).await, [entry("2", "m")]);
}

/// The table may be there already.
pub async fn making_it_twice_is_no_error(setup: &dyn Setup) {
    let mut session = setup.session().await;
    record(&mut *session, vec![(entry("1", "one"), None)]).await;
    run(
        &mut *session,
        &[Command::CreateJournal, Command::CreateJournal],
    )
    .await;
    assert_eq!(read(&mut *session).await, [entry("1", "one")]);
}

/// Limosa's own table is no part of the schema.
pub async fn it_is_not_inspected(setup: &dyn Setup) {
    let mut session = setup.session().await;
    let before = inspect(&mut *session).await;
    run(&mut *session, &[Command::CreateJournal]).await;
    assert_eq!(inspect(&mut *session).await, before);
}

/// A row commits and rolls back with what it is about.
pub async fn rows_go_with_their_transaction(setup: &dyn Setup) {
    let mut session = setup.session().await;
    record(&mut *session, vec![(entry("1", "one"), None)]).await;
    let begin = Command::Begin(Foreign::Enforced);
    let second = Command::Record(vec![(entry("2", "two"), None)]);
    run(
        &mut *session,
        &[begin.clone(), second.clone(), Command::Forget("1")],
    )
    .await;
    assert_eq!(read(&mut *session).await, [entry("2", "two")]);
    run(&mut *session, &[Command::Rollback]).await;
    assert_eq!(read(&mut *session).await, [entry("1", "one")]);
    run(&mut *session, &[begin, second, Command::Commit]).await;
    assert_eq!(read(&mut *session).await.len(), 2);
}
