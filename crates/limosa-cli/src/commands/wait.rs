//! `wait`: until another process has brought the database up to date; writes nothing.

use std::time::{Duration, Instant};

use limosa_core::engine::Runner;
use limosa_core::plan::OutOfOrder;
use limosa_core::report::Report;

use super::Work;
use crate::answer::Answer;
use crate::args::{Global, Wait};
use crate::backend::Purpose;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{GOOD, paint, steps};

/// Between two looks for a file that is not there yet.
const PAUSE: Duration = Duration::from_millis(100);

pub(super) async fn run(global: &Global, args: &Wait) -> Result<Answer, Failure> {
    let since = Instant::now();
    let mut work = open(global, since, args.timeout).await?;
    let live = work.live();
    let shown = live.clone();
    let mut runner = Runner::new(&work.migrations).on_event(move |event| shown.show(event));
    if let Some(to) = &args.to {
        runner = runner.to(to.as_str());
    }
    if args.out_of_order {
        runner = runner.out_of_order(OutOfOrder::Allow);
    }
    let left = args.timeout.saturating_sub(since.elapsed());
    let waited = runner.wait(work.session.migrator.as_mut(), left).await;
    live.end();
    let report = waited.map_err(|error| Failure::from(error).at(&work.url))?;
    Ok(Answer::new(Exit::Done, text(&report))
        .with("database", work.url())
        .with("server", &work.server)
        .with("report", &report))
}

/// A file that is not there yet is waited for too.
async fn open(global: &Global, since: Instant, limit: Duration) -> Result<Work, Failure> {
    loop {
        let work = Work::open(global, Purpose::Look).await?;
        if work.session.missing.is_none() || since.elapsed() >= limit {
            return Ok(work);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn text(report: &Report) -> String {
    let text = steps::gone(&report.gone);
    format!("{text}{} Nothing is pending.\n", paint(GOOD, "Up to date."))
}
