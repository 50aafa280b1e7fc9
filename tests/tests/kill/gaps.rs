//! Faults at the gaps between two commands.

use std::ops::RangeInclusive;

use limosa_testkit::fault::{Fault, Faults, Faulty};
use limosa_tests::child::Way;
use limosa_tests::snapshot::Snapshot;

use crate::CHILD;
use crate::stage::Stage;

impl Stage {
    /// Every so many gaps, and each one in the file with a `COMMIT` in its middle: only these few tell
    /// whether the next run goes on behind it.
    fn chosen(&self, short: usize) -> Vec<usize> {
        let stride = self.kind.stride(short);
        let cut = self.cut();
        let all = 0..self.gaps.len();
        all.filter(|gap| gap % stride == 0 || cut.contains(gap))
            .collect()
    }

    /// From the file's first statement to behind its last one.
    fn cut(&self) -> RangeInclusive<usize> {
        let is_of_it = |gap: &String| gap.contains(" halves ");
        let first = self.gaps.iter().position(is_of_it).expect("one half");
        let last = self.gaps.iter().rposition(is_of_it).expect("the other");
        let between = &self.gaps[first..last];
        let is_cut = between.iter().any(|gap| gap == "before commit");
        assert!(is_cut, "nothing commits the first half: {between:#?}");
        first..=last + 1
    }

    /// The connection is lost at gaps.
    pub(crate) async fn lost_at_gaps(&self, short: usize) {
        let mut failures = Vec::new();
        let chosen = self.chosen(short);
        for gap in &chosen {
            let on = self.before.copy().await;
            let mut session = Faulty::new(on.session().await, Faults::at(*gap, Fault::Lose));
            let run = self.way.go(&self.migrations, &mut session).await;
            drop(session);
            if run.is_ok() && *gap + 1 < self.gaps.len() {
                failures.push(format!("gap {gap}, {}: no error", self.gaps[*gap]));
            }
            if let Err(why) = self.try_recover(&on).await {
                failures.push(format!("gap {gap}, {}: {why}", self.gaps[*gap]));
            }
        }
        self.count("lost connections at gaps", chosen.len(), &failures);
    }

    /// The process is killed at gaps.
    pub(crate) async fn killed_at_gaps(&self, short: usize) {
        let mut failures = Vec::new();
        let chosen = self.chosen(short);
        for gap in &chosen {
            let on = self.before.copy().await;
            if let Some(done) = self.order(&on, Some(*gap)).give(CHILD) {
                failures.push(format!("gap {gap}: not killed, {done} done"));
            }
            if let Err(why) = self.try_recover(&on).await {
                failures.push(format!("gap {gap}, {}: {why}", self.gaps[*gap]));
            }
        }
        self.count("kills at gaps", chosen.len(), &failures);
    }

    /// A rollback is interrupted at gaps; then an application starts, which knows nothing of it.
    pub(crate) async fn turned_round_at_gaps(&self, short: usize) {
        let mut failures = Vec::new();
        let chosen = self.chosen(short);
        let up = Way::Up(Some(self.kind.reversible().1.to_owned()));
        let wanted = Snapshot::of(&self.before).await.without_journal();
        for gap in &chosen {
            let on = self.before.copy().await;
            let mut session = Faulty::new(on.session().await, Faults::at(*gap, Fault::Lose));
            // At the last gap everything is done already.
            let _ = self.way.go(&self.migrations, &mut session).await;
            drop(session);
            let mut session = on.session().await;
            let found = match up.go(&self.migrations, session.as_mut()).await {
                Ok(_) => Snapshot::of(&on)
                    .await
                    .without_journal()
                    .differences(&wanted),
                Err(failure) => vec![failure.to_string()],
            };
            if !found.is_empty() {
                failures.push(format!(
                    "gap {gap}, {}: {}",
                    self.gaps[*gap],
                    found.join("\n")
                ));
            }
        }
        self.count("turns at gaps", chosen.len(), &failures);
    }
}
