//! `repair`: records what a person has decided about a row of the journal; runs nothing.

use limosa_core::diff::Difference;
use limosa_core::engine::{Repaired, Runner};
use limosa_core::version::Version;

use super::{Work, changed};
use crate::answer::Answer;
use crate::args::{Global, Repair};
use crate::backend::Purpose;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{BAD, GOOD, paint, steps};

pub(super) async fn run(global: &Global, args: &Repair) -> Result<Answer, Failure> {
    // A database that is not there has no journal, and is not made for that.
    let mut work = Work::open_direct(global, Purpose::Look).await?;
    let runner = Runner::new(&work.migrations).lock_wait(args.lock_timeout);
    let session = work.session.migrator.as_mut();
    let decision = &args.decision;
    let repaired = match (&decision.accept, &decision.forget) {
        (Some(version), _) => {
            runner
                .accept(session, &Version::from(version.as_str()))
                .await
        }
        (None, Some(version)) => {
            runner
                .forget(session, &Version::from(version.as_str()))
                .await
        }
        (None, None) => unreachable!("the arguments demand one of them"),
    };
    let repaired = repaired.map_err(|error| Failure::from(error).at(&work.url))?;
    // Other migrations may not fit either; that is for `check` to tell.
    let drift = runner.plan(session).await.map(|plan| plan.drift);
    let drift = drift.unwrap_or_default();
    let difference = changed::between(&repaired, &work.migrations, session);
    let text = format!(
        "{}\n{}\n{difference}{}{}",
        work.connected(),
        steps::heading(&repaired.before.version, &repaired.before.name),
        outcome(&repaired),
        disagreements(&drift),
    );
    Ok(Answer::new(Exit::Done, text)
        .with("database", work.url())
        .with("server", &work.server)
        .with("before", &repaired.before)
        .with("after", &repaired.after)
        .with("drift", &drift))
}

fn outcome(repaired: &Repaired) -> String {
    match &repaired.after {
        None => format!(
            "{} The journal has no row of it any more; the next run judges it by what is there.\n",
            paint(GOOD, "Forgotten.")
        ),
        Some(after) if *after == repaired.before => {
            "Its statements are as they were recorded: nothing was changed.\n".to_owned()
        }
        Some(after) => {
            let by = after.accepted.as_ref().map_or("", |one| one.by.as_str());
            let what = if after.checksum == repaired.before.checksum {
                "What the catalog has in other words is what it means".to_owned()
            } else {
                format!("Its checksum is now {}", after.checksum)
            };
            format!(
                "{} {what}, accepted by {by}. Nothing was run.\n",
                paint(GOOD, "Accepted.")
            )
        }
    }
}

/// What the database does not have although the migrations, as they are now, would have made it.
fn disagreements(drift: &[Difference]) -> String {
    let line = |difference| format!("{} {difference}\n", paint(BAD, "drift:"));
    drift.iter().map(line).collect()
}
