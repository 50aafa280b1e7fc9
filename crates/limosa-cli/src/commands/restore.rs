//! `restore`: brings the database back to where a backup was made, and keeps aside what is there.

use std::path::Path;

use limosa_core::engine::Runner;
use limosa_core::journal::Journal;
use limosa_core::migration::Migrations;
use limosa_core::migrator::Scope;

use super::{Route, Work};
use crate::answer::Answer;
use crate::args::Global;
use crate::args::backup::Restore;
use crate::backend::Purpose;
use crate::backup::{Home, Job, Keeper, Kept, Lock, Occasion, home, keep, line, note, recorded};
use crate::config::{Backups, Settings};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::live::Live;
use crate::render::{FAINT, GOOD, STRONG, count, paint};

const CONFIRM: &str = "CONFIRM_RESTORE";

pub(super) async fn run(global: &Global, args: &Restore) -> Result<Answer, Failure> {
    let purpose = if confirmed(args) {
        Purpose::Change
    } else {
        Purpose::Look
    };
    let mut work = match Work::open_without_migrations(global, purpose).await {
        Ok(work) => work,
        Err(failure) if confirmed(args) && failure.is_damage() => {
            return replace(global, args, failure).await;
        }
        Err(failure) => return Err(failure),
    };
    let live = work.live();
    let restored = restore(&mut work, args, &live).await;
    live.end();
    let restored = match restored {
        Err(failure) if confirmed(args) && failure.is_damage() => {
            drop(work);
            return replace(global, args, failure).await;
        }
        restored => restored.map_err(|failure| failure.at(&work.url))?,
    };
    Ok(Answer::new(Exit::Done, text(&restored))
        .with("database", work.url())
        .with("server", &work.server)
        .with("restored", &restored.kept)
        .with("aside", &restored.aside))
}

/// What was done.
struct Restored {
    kept: Kept,
    aside: Option<Kept>,
    migrations: usize,
}

async fn restore(work: &mut Work, args: &Restore, live: &Live) -> Result<Restored, Failure> {
    let settings = work.backups.clone().with(&args.with);
    let keeper = work.session.keeper;
    let home = home(keeper, &work.server, &settings);
    if home.is_none() && work.session.missing.is_none() {
        return Err(Failure::other(
            "the database is in memory: nothing would stay",
        ));
    }
    let mut job = Job {
        url: &work.url,
        settings: &settings,
        session: work.session.migrator.as_mut(),
        lock: Lock::Free,
        patience: args.lock_timeout,
        progress: live.progress(),
    };
    job.progress.clone()("reading the backup".to_owned());
    let kept = keeper.look(&mut job, &args.path).await?;
    refuse_foreign(&mut job, &kept).await?;
    if !confirmed(args) {
        return Err(withheld(&kept));
    }
    let migrations = Migrations::new(Vec::new())?;
    let events = live.clone();
    let runner = Runner::new(&migrations)
        .lock_wait(args.lock_timeout)
        .on_event(move |event| events.show(event));
    runner.lock(job.session).await?;
    job.lock = Lock::Held;
    let done = restore_locked(keeper, &mut job, home.as_ref(), kept).await;
    // The lock ends with the session in any case.
    let _ = job.session.unlock().await;
    done
}

async fn restore_locked(
    keeper: &dyn Keeper,
    job: &mut Job<'_>,
    home: Option<&Home>,
    kept: Kept,
) -> Result<Restored, Failure> {
    if let Some(unable) = keeper.unable(job).await? {
        return Err(Failure::database(unable));
    }
    let aside = match home {
        Some(home) => Some(
            keep(keeper, job, home, Occasion::Restore)
                .await
                .map_err(not_kept)?,
        ),
        None => None,
    };
    let done = keeper.restore(job, &kept.path, &kept).await;
    done.map_err(|error| {
        let failure = Failure::database(error);
        match &aside {
            Some(aside) => failure.hint(format!(
                "what was there is kept in {}",
                aside.path.display()
            )),
            None => failure,
        }
    })?;
    Ok(Restored {
        migrations: kept.journal.as_ref().map_or(0, Vec::len),
        kept,
        aside,
    })
}

fn not_kept(mut error: limosa_core::error::DatabaseError) -> Failure {
    error.message = format!(
        "what is there could not be kept aside, so nothing was changed: {}",
        error.message
    );
    Failure::database(error)
}

fn withheld(kept: &Kept) -> Failure {
    Failure::other("this would replace what is in the database now; nothing was changed")
        .detail(format!("backup: {}, {}", kept.path.display(), note(kept)))
        .hint(format!(
            "say --confirm (or {CONFIRM}=yes) to agree; what is there is kept aside first"
        ))
}

/// Only the real environment counts: a file that lies about must not agree to anything.
fn confirmed(args: &Restore) -> bool {
    let said = std::env::var(CONFIRM).is_ok_and(|value| value.eq_ignore_ascii_case("yes"));
    args.confirm || said
}

/// Refuses a backup of another database: one that has nothing in common with what is there.
async fn refuse_foreign(job: &mut Job<'_>, kept: &Kept) -> Result<(), Failure> {
    let journal = job.session.journal().await?.unwrap_or_default();
    let refuse = |why: &str| {
        let path = kept.path.display();
        Failure::other(format!("{path} is a backup of another database: {why}"))
            .hint("restore it into an empty database, if you mean it")
    };
    match kept.journal.as_ref().filter(|rows| !rows.is_empty()) {
        Some(rows) if !journal.entries.is_empty() && !shares(&journal, rows) => Err(refuse(
            "none of the migrations that it has was applied to this one",
        )),
        None if !journal.entries.is_empty() => {
            let schema = job.session.inspect(&Scope::default()).await?;
            let known = |name: &str| {
                let own = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
                schema.tables.iter().any(|table| table.name.name == own)
            };
            let common = kept.tables.iter().any(|table| known(&table.name));
            if common || kept.tables.is_empty() || schema.tables.is_empty() {
                Ok(())
            } else {
                Err(refuse("none of its tables is there"))
            }
        }
        _ => Ok(()),
    }
}

fn shares(journal: &Journal, rows: &[crate::backup::Recorded]) -> bool {
    let own = recorded(journal);
    let same = |row: &crate::backup::Recorded| {
        let one = (&row.version, &row.checksum);
        own.iter().any(|own| (&own.version, &own.checksum) == one)
    };
    rows.iter().any(same)
}

/// A database that cannot be read any more: it is set aside as it is.
async fn replace(global: &Global, args: &Restore, failure: Failure) -> Result<Answer, Failure> {
    let settings = Settings::collect(global)?;
    let url = Route::Direct.url(&settings)?;
    let keeper = crate::backend::keeper(&url)?;
    let Some(path) = damaged_file(&url) else {
        return Err(failure);
    };
    let backups: Backups = settings.backups.clone().with(&args.with);
    let home = crate::backup::damaged_home(&path, &backups);
    let put = async {
        home.prepare().map_err(|error| {
            let directory = home.directory.display();
            Failure::other(format!("cannot make the directory {directory}: {error}"))
        })?;
        let aside = home.name(None, Occasion::Restore, ".damaged");
        let kept = keeper.replace(&url, &args.path, &aside).await?;
        Ok::<_, Failure>((kept, aside))
    };
    let (kept, aside) = put.await.map_err(|failed| failed.at(&url))?;
    let text = format!(
        "The database was damaged; it is kept in {}.\n{} {}\n",
        aside.display(),
        paint(GOOD, "Restored."),
        line(&kept)
    );
    Ok(Answer::new(Exit::Done, text)
        .with("database", crate::redact::redact(&url))
        .with("restored", &kept)
        .with("damaged", &aside))
}

fn damaged_file(url: &str) -> Option<std::path::PathBuf> {
    match limosa_sqlite::Location::parse(url) {
        limosa_sqlite::Location::File(path) if Path::is_file(&path) => Some(path),
        _ => None,
    }
}

fn text(restored: &Restored) -> String {
    let mut text = String::new();
    if let Some(aside) = &restored.aside {
        let label = paint(FAINT, "kept aside");
        text.push_str(&format!("{label}  {}\n", line(aside)));
    }
    format!(
        "{text}{} {}\n{} in the journal. {}\n",
        paint(GOOD, "Restored."),
        line(&restored.kept),
        count(restored.migrations, "migration"),
        paint(STRONG, "`limosa check` says what is pending."),
    )
}
