//! A migration in parts: some of its steps cannot be in a transaction, or must be looked at before
//! the next one can be planned.
//!
//! The journal row says `started` and how many steps are done. Steps that can be in a transaction
//! commit together with that row. One that cannot is announced before it runs, verified in the
//! catalog behind it, and recorded then: after a crash the catalog decides what is left.

use super::super::proof::{self, Moment};
use super::super::run::refuse_conflicts;
use super::group::commit_error;
use super::{
    Basis, Batch, Boxed, Command, Conflict, Entry, Error, Event, Executor, Expected, Fate, Foreign,
    JournalTable, Limits, Operate, Origin, PlannedMigration, Proof, State, Step, Transaction,
    Verdict, Words, entry, expect,
};
use crate::operation::Operation;
use crate::plan::{Bounds, bounds};
use crate::report::Begun;
use crate::schema::Schema;

/// How far a migration has got.
struct Progress {
    migration: PlannedMigration,
    /// The place of the next step.
    at: usize,
    expected: Expected,
    open: Option<Foreign>,
    batch: Batch,
    started_at: Option<i64>,
    /// How many statements are done, as the journal says; none if it does not know the migration.
    announced: Option<u32>,
    /// Whether its last row is written.
    finished: bool,
    replanned: Option<Vec<PlannedMigration>>,
}

impl Executor<'_, '_> {
    /// Runs a migration in parts. If the catalog was looked at, the plan of what follows is new.
    pub(super) fn run_in_parts(
        &mut self,
        migration: PlannedMigration,
    ) -> Boxed<'_, Result<Option<Vec<PlannedMigration>>, Error>> {
        Box::pin(async move {
            self.runner.tell(&Event::Started {
                migration: &migration,
            });
            let before = self.expected_before(&migration, self.actual.clone());
            let mut progress = Progress {
                announced: migration.begun.as_ref().map(|row| row.done),
                migration,
                at: 0,
                expected: before,
                open: None,
                batch: Batch::default(),
                started_at: None,
                finished: false,
                replanned: None,
            };
            let result = self.run_steps(&mut progress).await;
            if result.is_err() && progress.open.is_some() {
                // The connection may be gone; then so is the transaction.
                let _ = self.session.run(&[Command::Rollback]).await;
            }
            result.map(|()| progress.replanned)
        })
    }

    async fn run_steps(&mut self, progress: &mut Progress) -> Result<(), Error> {
        while let Some(mut step) = progress.migration.steps.get(progress.at).cloned() {
            if step.verdict == Verdict::Execute && step.proof.basis == Basis::Catalog {
                step = self.renew(progress, &step).await?;
            }
            if step.verdict == Verdict::Execute {
                self.run_step(progress, &step).await?;
            } else {
                expect(&mut progress.expected, &step, self.types());
            }
            progress.at += 1;
        }
        if progress.finished {
            Ok(())
        } else {
            self.record(progress).await
        }
    }

    async fn run_step(&mut self, progress: &mut Progress, step: &Step) -> Result<(), Error> {
        let foreign = match progress.bounds() {
            Bounds::Outside => return self.run_outside(progress, step).await,
            Bounds::WithoutForeignKeys => Foreign::Off,
            Bounds::Transaction => Foreign::Enforced,
        };
        self.enter(progress, foreign).await?;
        if step.barrier {
            self.check(progress).await?;
        }
        if step.proof == Proof::default() {
            let limits = self.limits(&progress.migration, step);
            queue(progress, step, limits);
        } else {
            self.run_proven(progress, step).await?;
        }
        expect(&mut progress.expected, step, self.types());
        if step.barrier {
            self.replan(progress, progress.at + 1, step.number).await?;
        }
        if step.transaction == Transaction::Last {
            progress.at += 1;
            let recorded = self.record(progress).await;
            progress.at -= 1;
            recorded?;
        }
        Ok(())
    }

    /// Goes on in the open transaction if it suits, else in a new one.
    async fn enter(&mut self, progress: &mut Progress, foreign: Foreign) -> Result<(), Error> {
        if progress.open.is_some_and(|open| open != foreign) {
            self.record(progress).await?;
        }
        if progress.open.is_none() {
            Self::begin(&mut progress.batch, foreign);
            progress.open = Some(foreign);
        }
        Ok(())
    }

    /// Plans a step again from what the catalog says now, in the transaction that it will run in, and the rest of its
    /// migration with it. What is there is as it was predicted, but for words.
    async fn renew(&mut self, progress: &mut Progress, step: &Step) -> Result<Step, Error> {
        self.enter(progress, Foreign::Off).await?;
        self.check(progress).await?;
        let behind = step.number.saturating_sub(1);
        let actual = self.look(&progress.expected, &self.scope.clone()).await?;
        let own = self
            .planner
            .observe_one(&progress.migration, behind, &actual);
        let place = progress.at;
        take(progress, own, place)?;
        progress.expected = self.expected_after(progress, behind, actual.clone());
        self.actual = actual;
        let step = progress.migration.steps.get(progress.at);
        Ok(step
            .expect("the rest of a migration begins with the step")
            .clone())
    }

    /// Runs a step between the questions about it.
    async fn run_proven(&mut self, progress: &mut Progress, step: &Step) -> Result<(), Error> {
        self.send(progress).await?;
        let migration = &progress.migration;
        self.runner.tell(&Event::StepStarted { migration, step });
        self.session.watch(self.runner.watcher());
        let proven = self.prove(progress, step).await;
        self.session.watch(None);
        proven
    }

    async fn prove(&mut self, progress: &mut Progress, step: &Step) -> Result<(), Error> {
        let guards = &step.proof.guards;
        let reasons = proof::refusals_of(Fate::Taken, self.session, guards).await?;
        if !reasons.is_empty() {
            return Err(refused(progress, step, reasons));
        }
        let before =
            proof::answers(self.runner, self.session, &step.proof.keeps, Moment::Before).await?;
        let limits = self.limits(&progress.migration, step);
        queue(progress, step, limits);
        if let Err(error) = self.send(progress).await {
            // The old rows are still there if they are the reason, and can be asked.
            let reasons = proof::refusals_of(Fate::Refused, self.session, guards).await;
            return match reasons {
                Ok(reasons) if !reasons.is_empty() => Err(refused(progress, step, reasons)),
                _ => Err(error),
            };
        }
        let after =
            proof::answers(self.runner, self.session, &step.proof.keeps, Moment::After).await?;
        let lost = proof::differences(&step.proof.keeps, &before, &after);
        if lost.is_empty() {
            return Ok(());
        }
        Err(Error::NotKept(vec![Conflict::because(
            &progress.migration,
            step,
            lost,
        )]))
    }

    async fn run_outside(&mut self, progress: &mut Progress, step: &Step) -> Result<(), Error> {
        if progress.open.is_some() || progress.announced != Some(progress.done()) {
            self.record(progress).await?;
        }
        let migration = &progress.migration;
        self.runner.tell(&Event::StepStarted { migration, step });
        let limits = self.limits(&progress.migration, step);
        if let Some(limits) = limits {
            progress.batch.push(Command::Limit(limits), None);
        }
        for (number, statement) in step.statements.iter().enumerate() {
            progress
                .batch
                .execute(statement, Origin::statement(0, progress.at, number));
            let sent = self.send(progress).await;
            if sent.is_err() && limits.is_some() {
                // The first failure is the one to tell.
                let own = [Command::Limit(Limits::default())];
                let _ = self.session.run(&own).await;
            }
            sent?;
        }
        if limits.is_some() {
            let own = Command::Limit(Limits::default());
            progress.batch.push(own, None);
            self.send(progress).await?;
        }
        expect(&mut progress.expected, step, self.types());
        if step.barrier {
            self.replan(progress, progress.at + 1, step.number).await?;
        }
        progress.at += 1;
        let recorded = self.record(progress).await;
        progress.at -= 1;
        recorded
    }

    /// Compares the catalog with what was done since it was compared last.
    fn check<'f>(&'f mut self, progress: &'f mut Progress) -> Boxed<'f, Result<(), Error>> {
        Box::pin(async move {
            self.send(progress).await?;
            if progress.expected.touched.is_empty() {
                return Ok(());
            }
            let actual = self.look(&progress.expected, &self.scope.clone()).await?;
            let verified = self.verify(
                &progress.expected,
                &actual,
                Words::of(&progress.migration.steps),
            );
            verified.map_err(|error| match error {
                Error::NotVerified { differences, .. } if progress.open.is_none() => {
                    Error::NotVerified {
                        differences,
                        transaction: Transaction::Outside,
                    }
                }
                other => other,
            })?;
            progress.expected = self.expected_after(progress, progress.done(), actual.clone());
            self.actual = actual;
            Ok(())
        })
    }

    /// The catalog, when so many statements of the migration are done.
    fn expected_after(&self, progress: &Progress, done: u32, actual: Schema) -> Expected {
        let version = &progress.migration.version;
        Expected::at(self.planner.told(actual, version, done))
    }

    /// Looks at what is there when so many statements are done, and plans the steps from a place on by it.
    fn replan<'f>(
        &'f mut self,
        progress: &'f mut Progress,
        place: usize,
        done: u32,
    ) -> Boxed<'f, Result<(), Error>> {
        Box::pin(async move {
            self.send(progress).await?;
            let actual = self.look(&progress.expected, &self.scope.clone()).await?;
            let mut rest = self.planner.observe(&progress.migration, done, &actual);
            refuse_conflicts(&rest)?;
            let own = (!rest.is_empty()).then(|| rest.remove(0));
            take(progress, own, place)?;
            progress.replanned = Some(rest);
            progress.expected = self.expected_after(progress, done, actual.clone());
            self.actual = actual;
            Ok(())
        })
    }

    /// Sends what is queued, and returns the last reading of the clock.
    fn send<'f>(&'f mut self, progress: &'f mut Progress) -> Boxed<'f, Result<i64, Error>> {
        Box::pin(async move {
            let sent = progress.batch.send(self.session).await;
            let clock = sent
                .map_err(|(failed, origin)| self.step_error(&progress.migration, origin, failed))?;
            progress.started_at = progress.started_at.or(clock.first().copied());
            Ok(clock.last().copied().unwrap_or_default())
        })
    }

    /// Verifies, records how far the migration has got, and ends the transaction if one is open.
    fn record<'f>(&'f mut self, progress: &'f mut Progress) -> Boxed<'f, Result<(), Error>> {
        Box::pin(async move {
            self.check(progress).await?;
            if progress.open.is_none() {
                Self::begin(&mut progress.batch, Foreign::Enforced);
                progress.open = Some(Foreign::Enforced);
            }
            progress.batch.push(Command::Clock, None);
            let now = self.send(progress).await?;
            let clock = (progress.started_at.unwrap_or(now), now);
            let is_last = progress.at >= progress.migration.steps.len();
            let mut entry = if is_last {
                self.final_entry(&progress.migration, clock)
            } else {
                self.unfinished_entry(progress, clock)
            };
            if is_last {
                self.take_as_it_is(&progress.migration);
                let words = self.old_words(&progress.migration.version, &self.actual);
                self.remember(&words);
            }
            let begun = (!is_last).then(|| Begun {
                version: entry.version.clone(),
                name: entry.name.clone(),
                done: entry.done,
                steps: entry.steps,
            });
            entry.wordings.clone_from(&self.new_wordings);
            let source = match self.operate {
                Operate::Apply => progress.migration.source.clone(),
                Operate::Undo => None,
            };
            let commands = self.recording(vec![(entry, source)]);
            let sent = self.session.run(&commands).await;
            let alone = std::slice::from_ref(&progress.migration);
            sent.map_err(|failed| commit_error(alone, failed.at(&commands), &commands))?;
            self.new_wordings.clear();
            self.journal = JournalTable::There;
            progress.open = None;
            progress.announced = Some(progress.done());
            progress.finished = is_last;
            self.report.begun = begun;
            if is_last {
                self.finished(&progress.migration, clock);
            }
            Ok(())
        })
    }

    /// What a statement of unknown effect has done, or a cascade, is what the migrations make: no drift.
    fn take_as_it_is(&mut self, migration: &PlannedMigration) {
        let is_unknown = |one: &Operation| one.has_unknown_effect() || one.cascades();
        let mut operations = migration.steps.iter().flat_map(Step::operations);
        if self.operate == Operate::Undo || !operations.any(is_unknown) {
            return;
        }
        let expected = self.planner.expected_behind(&migration.version);
        let differences = expected.differences(&self.actual, self.session.dialect());
        let mut new = self.wordings.leave_out(differences);
        new.retain(|one| !self.was_there(one));
        self.remember(&new);
    }

    /// The row that says how far a migration has got, or its way back.
    fn unfinished_entry(&self, progress: &Progress, clock: (i64, i64)) -> Entry {
        let (migration, done) = (&progress.migration, progress.done());
        match self.operate {
            Operate::Apply => Entry {
                checksum: self.planner.checksum_of(&migration.version, done),
                ..entry(migration, State::Started, done, clock)
            },
            Operate::Undo => entry(migration, State::RollingBack, done, clock),
        }
    }
}

impl Progress {
    /// What surrounds the next step.
    fn bounds(&self) -> Bounds {
        let open = self.open.map(|open| match open {
            Foreign::Off => Bounds::WithoutForeignKeys,
            Foreign::Enforced => Bounds::Transaction,
        });
        bounds(&self.migration.steps, self.at, open)
    }

    /// How many statements of the migration are done, by the number of the step before the next one.
    fn done(&self) -> u32 {
        match self.at.checked_sub(1) {
            Some(last) => self.migration.steps[last].number,
            None => 0,
        }
    }
}

/// Lets a new plan of the rest of a migration take the place of the old one, from a place on.
fn take(progress: &mut Progress, own: Option<PlannedMigration>, place: usize) -> Result<(), Error> {
    let Some(own) = own else {
        return Ok(());
    };
    refuse_conflicts(std::slice::from_ref(&own))?;
    progress.migration.steps.truncate(place);
    progress.migration.steps.extend(own.steps);
    Ok(())
}

fn refused(progress: &Progress, step: &Step, reasons: Vec<String>) -> Error {
    Error::Conflicts(vec![Conflict::because(&progress.migration, step, reasons)])
}

fn queue(progress: &mut Progress, step: &Step, limits: Option<Limits>) {
    if let Some(limits) = limits {
        progress.batch.push(Command::Limit(limits), None);
    }
    for (number, statement) in step.statements.iter().enumerate() {
        progress
            .batch
            .execute(statement, Origin::statement(0, progress.at, number));
    }
    if limits.is_some() {
        let own = Command::Limit(Limits::default());
        progress.batch.push(own, None);
    }
}
