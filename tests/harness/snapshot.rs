//! Everything that can be seen of a database, for comparing what two runs left.

use std::collections::BTreeMap;

use limosa_core::journal::Journal;

use crate::On;

/// A database as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// Each object, as inspection shows it.
    pub schema: BTreeMap<String, String>,
    /// The rows of each table, sorted; of long tables a digest.
    pub rows: BTreeMap<String, Vec<String>>,
    /// The journal without its times.
    pub journal: Vec<String>,
}

impl Snapshot {
    /// Takes one.
    ///
    /// # Panics
    /// The database cannot be read.
    pub async fn of(on: &On) -> Self {
        let mut session = on.session().await;
        let journal = session.journal().await.expect("the journal is readable");
        drop(session);
        let mut rows = BTreeMap::new();
        for table in on.column(tables(on)).await.into_iter().flatten() {
            rows.insert(table.clone(), contents(on, &table).await);
        }
        Self {
            schema: objects(on).await,
            rows,
            journal: journal.map(timeless).unwrap_or_default(),
        }
    }

    /// What differs, one line each.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut all = differences(&self.schema, &other.schema);
        all.extend(differences(&self.rows, &other.rows));
        for (one, other) in self.journal.iter().zip(&other.journal) {
            if one != other {
                all.push(format!("journal: {one}\n     not: {other}"));
            }
        }
        if self.journal.len() != other.journal.len() {
            let lengths = (self.journal.len(), other.journal.len());
            all.push(format!("journal: {} rows, not {}", lengths.0, lengths.1));
        }
        all
    }

    /// The same without the journal.
    #[must_use]
    pub fn without_journal(mut self) -> Self {
        self.journal.clear();
        self
    }
}

fn differences<T: std::fmt::Debug + PartialEq>(
    one: &BTreeMap<String, T>,
    other: &BTreeMap<String, T>,
) -> Vec<String> {
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter(|name| one.get(*name) != other.get(*name))
        .map(|name| {
            format!(
                "{name}: {:?}\n     not: {:?}",
                one.get(name),
                other.get(name)
            )
        })
        .collect()
}

async fn objects(on: &On) -> BTreeMap<String, String> {
    let schema = on.schema().await;
    let mut all = BTreeMap::new();
    for table in &schema.tables {
        all.insert(format!("table {}", table.name), format!("{table:?}"));
    }
    let mut rest = schema;
    rest.tables.clear();
    all.insert("the rest".to_owned(), format!("{rest:?}"));
    all
}

fn timeless(journal: Journal) -> Vec<String> {
    let entries = journal.entries.into_iter().map(|mut entry| {
        entry.started_at = 0;
        entry.finished_at = entry.finished_at.map(|_| 0);
        format!("{entry:?}")
    });
    entries.collect()
}

/// The lock is not part of it: a process that was killed behind its last commit leaves a lease, which
/// whoever comes next may take, and with nothing pending does not need.
fn tables(on: &On) -> &'static str {
    match on {
        // The lease of a process that died before it could give it back stays where it is until the
        // next one wants it, which takes it at once.
        On::Postgres(_) => {
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
             AND relname NOT IN ('limosa_journal', 'limosa_lock') ORDER BY 1"
        }
        On::Sqlite(_) => {
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'limosa_journal'
             AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY 1"
        }
    }
}

const MANY: usize = 40;

async fn contents(on: &On, table: &str) -> Vec<String> {
    let row = match on {
        On::Postgres(_) => format!("SELECT t::text FROM \"{table}\" t ORDER BY 1"),
        On::Sqlite(_) => {
            let columns = on
                .column(&format!(
                    "SELECT 'quote(\"' || name || '\")' FROM pragma_table_info('{table}')"
                ))
                .await;
            let columns: Vec<String> = columns.into_iter().flatten().collect();
            let columns = columns.join(" || ',' || ");
            format!("SELECT {columns} FROM \"{table}\" ORDER BY 1")
        }
    };
    let rows: Vec<String> = on.column(&row).await.into_iter().flatten().collect();
    if rows.len() <= MANY {
        return rows;
    }
    let digest = rows
        .iter()
        .flat_map(|row| row.bytes())
        .fold(0_u64, |digest, byte| {
            (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    let first = rows.first().cloned().unwrap_or_default();
    vec![format!(
        "{} rows, digest {digest:x}, the first {first}",
        rows.len()
    )]
}
