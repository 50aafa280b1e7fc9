//! Consecutive migrations in one transaction.
//!
//! A group ends behind a migration that locks a table of before the run, so that no strong lock is
//! held longer than its own migration needs. Each migration has a savepoint: if one fails, what came
//! before it in the group is kept. Before a group commits, the catalog is read once and compared with
//! the prediction; the journal rows go into the same transaction.

use super::{
    Batch, Command, Entry, Error, Event, Executor, Expected, Foreign, Interrupted, JournalTable,
    Limits, Origin, PlannedMigration, Schema, Step, StepError, Transaction, Types, Words,
    ends_transaction, expect,
};

/// An open transaction and what is to be sent in it.
pub(in crate::engine) struct Group {
    batch: Batch,
    members: Vec<PlannedMigration>,
    /// What the catalog should say afterwards.
    expected: Expected,
    /// The schema when it began.
    before: Schema,
}

impl Group {
    fn words(&self) -> Words {
        let all = self.members.iter().map(|member| Words::of(&member.steps));
        if all.into_iter().any(|words| words == Words::Compiled) {
            Words::Compiled
        } else {
            Words::Native
        }
    }
}

impl Executor<'_, '_> {
    /// Queues a migration; sends the group if it ends here.
    pub(super) async fn add_to_group(&mut self, migration: PlannedMigration) -> Result<(), Error> {
        let ends = ends_transaction(&migration, &self.old);
        self.runner.tell(&Event::Started {
            migration: &migration,
        });
        let mut group = match self.group.take() {
            Some(group) => group,
            None => self.open_group(&migration),
        };
        queue(&mut group, migration, self.types(), |migration, step| {
            self.limits(migration, step)
        });
        self.group = Some(group);
        if ends {
            self.commit_group().await
        } else {
            Ok(())
        }
    }

    fn open_group(&mut self, first: &PlannedMigration) -> Group {
        let mut batch = Batch::default();
        self.begin(&mut batch, Foreign::Enforced);
        Group {
            batch,
            members: Vec::new(),
            expected: self.expected_before(first, self.actual.clone()),
            before: self.actual.clone(),
        }
    }

    /// The catalog, before a migration.
    pub(super) fn expected_before(&self, first: &PlannedMigration, actual: Schema) -> Expected {
        Expected::at(self.planner.told(actual, &first.version, 0))
    }

    /// Sends the group, compares the catalog, records and commits.
    pub(super) async fn commit_group(&mut self) -> Result<(), Error> {
        let Some(mut group) = self.group.take() else {
            return Ok(());
        };
        let clock = match group.batch.send(self.session).await {
            Ok(clock) => clock,
            Err((failed, origin)) => {
                return Err(self.keep_what_succeeded(group, failed, origin).await);
            }
        };
        let words = group.words();
        let concluded = self
            .conclude(&group.members, &group.expected, words, &clock)
            .await;
        match concluded {
            Err(error) if group.members.len() > 1 && !error.is_connection_lost() => {
                self.one_by_one(group.members).await
            }
            result => result,
        }
    }

    /// What a group could not commit as a whole (a deferred foreign key, a prediction that failed) is
    /// done again one by one: what is good is kept, and what is not gets its name.
    async fn one_by_one(&mut self, members: Vec<PlannedMigration>) -> Result<(), Error> {
        for member in members {
            let mut group = self.open_group(&member);
            queue(&mut group, member, self.types(), |member, step| {
                self.limits(member, step)
            });
            let clock = match group.batch.send(self.session).await {
                Ok(clock) => clock,
                Err((failed, origin)) => {
                    return Err(self.keep_what_succeeded(group, failed, origin).await);
                }
            };
            let words = group.words();
            self.conclude(&group.members, &group.expected, words, &clock)
                .await?;
        }
        Ok(())
    }

    /// Compares, records and commits what was sent; rolls back if any of that fails.
    async fn conclude(
        &mut self,
        members: &[PlannedMigration],
        expected: &Expected,
        words: Words,
        clock: &[i64],
    ) -> Result<(), Error> {
        let concluded = self
            .compare_and_commit(members, expected, words, clock)
            .await;
        if concluded.is_err() {
            // The connection may be gone; then so is the transaction.
            let _ = self.session.run(&[Command::Rollback]).await;
        }
        concluded
    }

    async fn compare_and_commit(
        &mut self,
        members: &[PlannedMigration],
        expected: &Expected,
        words: Words,
        clock: &[i64],
    ) -> Result<(), Error> {
        let actual = self.look_at_kinds(expected).await?;
        self.verify(expected, &actual, words)?;
        let times = |at: usize| (clock[at], clock[at + 1]);
        let mut rows: Vec<(Entry, Option<String>)> = members
            .iter()
            .enumerate()
            .map(|(at, member)| (self.final_entry(member, times(at)), member.source.clone()))
            .collect();
        if let Some((last, _)) = rows.last_mut() {
            last.wordings.clone_from(&self.new_wordings);
        }
        let commands = [Command::Record(rows), Command::Commit];
        let committed = self.session.run(&commands).await;
        committed.map_err(|failed| commit_error(members, failed.at(&commands)))?;
        self.new_wordings.clear();
        self.journal = JournalTable::There;
        self.actual = actual;
        for (at, member) in members.iter().enumerate() {
            self.finished(member, times(at));
        }
        Ok(())
    }

    /// Commits the migrations before the one that failed, and returns its error.
    async fn keep_what_succeeded(
        &mut self,
        group: Group,
        failed: Interrupted,
        origin: Option<Origin>,
    ) -> Error {
        let place = origin.map_or(0, |origin| origin.member);
        let clock = failed.clock.clone();
        let lost = failed.error.is_connection_lost();
        let error = match group.members.get(place) {
            Some(member) => self.step_error(member, origin, failed),
            None => failed.error.into(),
        };
        if lost {
            return error;
        }
        let kept = &group.members[..place];
        let undone = if kept.is_empty() {
            self.session
                .run(&[Command::Rollback])
                .await
                .err()
                .map(|failed| failed.error.into())
        } else {
            self.commit_kept(&group, kept, &clock).await.err()
        };
        // The first failure is the one to tell; a second one is worth knowing.
        if let Some(undone) = undone {
            self.warn(format!(
                "and what came before it could not be kept: {undone}"
            ));
        }
        error
    }

    async fn commit_kept(
        &mut self,
        group: &Group,
        kept: &[PlannedMigration],
        clock: &[i64],
    ) -> Result<(), Error> {
        let savepoint = Command::RollbackTo(savepoint(kept.len()));
        self.session
            .run(&[savepoint])
            .await
            .map_err(|failed| failed.error)?;
        let mut expected = self.expected_before(&kept[0], group.before.clone());
        for step in kept.iter().flat_map(|member| &member.steps) {
            expect(&mut expected, step, self.types());
        }
        let words = group.words();
        self.conclude(kept, &expected, words, clock).await
    }
}

/// The error of a commit, with the migration's name if it was one alone.
pub(super) fn commit_error(members: &[PlannedMigration], failed: Interrupted) -> Error {
    // Whatever could not be recorded is nothing that the migration said.
    let ([only], 1..) = (members, failed.done) else {
        return failed.error.into();
    };
    Error::Step(Box::new(StepError {
        version: only.version.clone(),
        name: only.name.clone(),
        path: only.steps.last().and_then(|step| step.path.clone()),
        line: only.steps.last().map_or(0, |step| step.line),
        step: "commit".to_owned(),
        statement: "COMMIT".to_owned(),
        locks: Vec::new(),
        budget: None,
        transaction: Transaction::Inside,
        error: failed.error,
    }))
}

fn queue(
    group: &mut Group,
    migration: PlannedMigration,
    types: Types,
    limits: impl Fn(&PlannedMigration, &Step) -> Option<Limits>,
) {
    let member = group.members.len();
    let savepoint = savepoint(member);
    group
        .batch
        .push(Command::Savepoint(savepoint), Origin::member(member));
    for (at, step) in migration.steps.iter().enumerate() {
        let limits = limits(&migration, step).filter(|_| !step.statements.is_empty());
        if let Some(limits) = limits {
            group
                .batch
                .push(Command::Limit(limits), Origin::member(member));
        }
        for (number, statement) in step.statements.iter().enumerate() {
            group
                .batch
                .execute(statement, Origin::statement(member, at, number));
        }
        if limits.is_some() {
            let own = Command::Limit(Limits::default());
            group.batch.push(own, Origin::member(member));
        }
        expect(&mut group.expected, step, types);
    }
    group.batch.push(Command::Clock, Origin::member(member));
    group
        .batch
        .push(Command::Release(savepoint), Origin::member(member));
    group.members.push(migration);
}

fn savepoint(member: usize) -> u32 {
    u32::try_from(member).unwrap_or(u32::MAX)
}
