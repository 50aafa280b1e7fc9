//! Consecutive migrations in one transaction.
//!
//! A group ends behind a migration that locks a table of before the run, so that no strong lock is
//! held longer than its own migration needs. If a migration fails, what came before it in the group is
//! kept: each has a savepoint, or, where those are dear, the others are run again. Before a group
//! commits, the catalog is read once and compared with the prediction; the journal rows go into the same
//! transaction.

use super::{
    Batch, Boxed, Command, Entry, Error, Event, Executor, Expected, Foreign, Interrupted,
    JournalTable, Limits, Origin, PlannedMigration, Rest, Savepoints, Schema, Step, StepError,
    Transaction, Types, Words, ends_transaction, expect,
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
    pub(super) fn add_to_group(
        &mut self,
        migration: PlannedMigration,
        rest: Rest,
    ) -> Boxed<'_, Result<(), Error>> {
        Box::pin(async move {
            let ends = ends_transaction(&migration, &self.old);
            self.runner.tell(&Event::Started {
                migration: &migration,
            });
            let mut group = match self.group.take() {
                Some(group) => group,
                None => self.open_group(&migration),
            };
            self.queue(&mut group, migration);
            self.group = Some(group);
            if ends {
                self.commit_group(rest).await
            } else {
                Ok(())
            }
        })
    }

    fn queue(&self, group: &mut Group, migration: PlannedMigration) {
        let limits = |migration: &PlannedMigration, step: &Step| self.limits(migration, step);
        queue(group, migration, (self.types(), self.savepoints()), limits);
    }

    fn savepoints(&self) -> Savepoints {
        self.session.dialect().facts().savepoints
    }

    fn open_group(&self, first: &PlannedMigration) -> Group {
        let mut batch = Batch::default();
        Self::begin(&mut batch, Foreign::Enforced);
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
    pub(super) fn commit_group(&mut self, rest: Rest) -> Boxed<'_, Result<(), Error>> {
        Box::pin(async move {
            let Some(group) = self.group.take() else {
                return Ok(());
            };
            self.part(rest);
            self.carry_out(group).await
        })
    }

    fn carry_out(&mut self, mut group: Group) -> Boxed<'_, Result<(), Error>> {
        Box::pin(async move {
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
        })
    }

    /// What a group could not commit as a whole (a deferred foreign key, a prediction that failed) is
    /// done again one by one: what is good is kept, and what is not gets its name.
    async fn one_by_one(&mut self, members: Vec<PlannedMigration>) -> Result<(), Error> {
        self.stay();
        for member in members {
            let mut group = self.open_group(&member);
            self.queue(&mut group, member);
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
    fn conclude<'f>(
        &'f mut self,
        members: &'f [PlannedMigration],
        expected: &'f Expected,
        words: Words,
        clock: &'f [i64],
    ) -> Boxed<'f, Result<(), Error>> {
        Box::pin(async move {
            let concluded = self
                .compare_and_commit(members, expected, words, clock)
                .await;
            if concluded.is_err() {
                // The connection may be gone; then so is the transaction.
                let _ = self.session.run(&[Command::Rollback]).await;
            }
            concluded
        })
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
        if let Some(last) = members.last() {
            let words = self.old_words(&last.version, &actual);
            self.remember(&words);
        }
        let times = |at: usize| (clock[at], clock[at + 1]);
        let mut rows: Vec<(Entry, Option<String>)> = members
            .iter()
            .enumerate()
            .map(|(at, member)| (self.final_entry(member, times(at)), member.source.clone()))
            .collect();
        if let Some((last, _)) = rows.last_mut() {
            last.wordings.clone_from(&self.new_wordings);
        }
        let commands = self.recording(rows);
        let committed = self.session.run(&commands).await;
        committed.map_err(|failed| commit_error(members, failed.at(&commands), &commands))?;
        self.new_wordings.clear();
        self.journal = JournalTable::There;
        self.actual = actual;
        for (at, member) in members.iter().enumerate() {
            self.finished(member, times(at));
        }
        Ok(())
    }

    /// Commits the migrations before the one that failed, and returns its error.
    fn keep_what_succeeded(
        &mut self,
        group: Group,
        failed: Interrupted,
        origin: Option<Origin>,
    ) -> Boxed<'_, Error> {
        Box::pin(async move {
            self.stay();
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
            let undone = match self.savepoints() {
                _ if kept.is_empty() => self.undo().await,
                Savepoints::Cheap => self.commit_kept(&group, kept, &clock).await,
                Savepoints::Dear => self.do_again(kept.to_vec()).await,
            };
            match undone {
                Ok(()) => error,
                // Begun again from what is there now, the run keeps it and fails in the same place.
                Err(undone) if undone.is_transient() => undone,
                // The first failure is the one to tell; a second one is worth knowing.
                Err(undone) => {
                    self.warn(format!(
                        "and what came before it could not be kept: {undone}"
                    ));
                    error
                }
            }
        })
    }

    async fn undo(&mut self) -> Result<(), Error> {
        let undone = self.session.run(&[Command::Rollback]).await;
        Ok(undone.map(drop).map_err(|failed| failed.error)?)
    }

    /// Undoes everything, and does again what succeeded.
    async fn do_again(&mut self, kept: Vec<PlannedMigration>) -> Result<(), Error> {
        self.undo().await?;
        let Some(first) = kept.first() else {
            return Ok(());
        };
        let mut group = self.open_group(first);
        for member in kept {
            self.queue(&mut group, member);
        }
        Box::pin(self.carry_out(group)).await
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
pub(super) fn commit_error(
    members: &[PlannedMigration],
    failed: Interrupted,
    commands: &[Command<'_>],
) -> Error {
    // Whatever could not be recorded is nothing that the migration said.
    let ([only], Some(Command::Commit)) = (members, commands.get(failed.done)) else {
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
    (types, savepoints): (Types, Savepoints),
    limits: impl Fn(&PlannedMigration, &Step) -> Option<Limits>,
) {
    let member = group.members.len();
    let savepoint = savepoint(member);
    if savepoints == Savepoints::Cheap {
        let set = Command::Savepoint(savepoint);
        group.batch.push(set, Origin::member(member));
    }
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
    if savepoints == Savepoints::Cheap {
        let release = Command::Release(savepoint);
        group.batch.push(release, Origin::member(member));
    }
    group.members.push(migration);
}

fn savepoint(member: usize) -> u32 {
    u32::try_from(member).unwrap_or(u32::MAX)
}
