//! Which steps share a transaction: the rules that the engine follows, and the plan as they cut it.

use serde::Serialize;

use super::{PlannedMigration, Step, Verdict};
use crate::dialect::Transaction;
use crate::name::ObjectName;
use crate::operation::Operation;
use crate::schema::Schema;

/// Steps between two boundaries of transactions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unit {
    /// What kind of boundaries they are.
    pub bounds: Bounds,
    /// The steps, migration by migration.
    pub parts: Vec<Part>,
}

/// What surrounds a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bounds {
    /// `BEGIN` and `COMMIT`.
    Transaction,
    /// The same, with foreign keys off meanwhile.
    WithoutForeignKeys,
    /// Nothing: its step cannot be in a transaction.
    Outside,
}

/// Consecutive steps of one migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The migration's place in the plan.
    pub migration: usize,
    /// The place of the first step in the migration.
    pub first: usize,
    /// How many steps there are.
    pub count: usize,
}

/// Whether a migration can be sent as a whole: everything in one transaction, and nothing to be seen
/// in between.
pub(crate) fn is_one_batch(migration: &PlannedMigration) -> bool {
    let Some((last, others)) = migration.steps.split_last() else {
        return true;
    };
    migration.begun.is_none()
        && others
            .iter()
            .all(|step| step.transaction == Transaction::Inside && !step.barrier)
        && matches!(last.transaction, Transaction::Inside | Transaction::Last)
        && !last.barrier
}

/// Whether nothing may follow a migration in its transaction: it locks a table, or an index of one,
/// that others may be using, or its last step must be committed before it is built upon.
pub(crate) fn ends_transaction(migration: &PlannedMigration, old: &Schema) -> bool {
    let is_old = |name: &ObjectName| old.table(name).is_some() || old.index(name).is_some();
    let mut locks = migration.steps.iter().flat_map(|step| &step.locks);
    let last = migration.steps.last();
    locks.any(is_old) || last.is_some_and(|step| step.transaction == Transaction::Last)
}

/// What surrounds a step that is executed, given what is open in front of it.
pub(crate) fn bounds(steps: &[Step], at: usize, open: Option<Bounds>) -> Bounds {
    match steps[at].transaction {
        Transaction::Inside | Transaction::Last if is_without_foreign_keys(steps, at, open) => {
            Bounds::WithoutForeignKeys
        }
        Transaction::Inside | Transaction::Last => Bounds::Transaction,
        Transaction::WithoutForeignKeys => Bounds::WithoutForeignKeys,
        Transaction::Outside => Bounds::Outside,
    }
}

/// Whether a step that may be in any transaction is in one without foreign keys, given the one that is open.
fn is_without_foreign_keys(steps: &[Step], at: usize, open: Option<Bounds>) -> bool {
    match open {
        // What follows `PRAGMA foreign_keys = OFF` relies on it: a rebuild's DROP TABLE would delete the
        // referring rows. Behind a rebuild of Limosa's the rows that a DELETE takes along are to go.
        Some(Bounds::WithoutForeignKeys) => is_switched_off(&steps[..at]) || !deletes(&steps[at]),
        Some(Bounds::Transaction) => false,
        Some(Bounds::Outside) | None => leads_to_rebuild(&steps[at..]),
    }
}

/// Whether the author has switched foreign keys off, and committed nothing since.
fn is_switched_off(before: &[Step]) -> bool {
    let open = before
        .iter()
        .rev()
        .take_while(|step| step.transaction != Transaction::Last);
    open.filter(|step| step.transaction == Transaction::WithoutForeignKeys)
        .any(|step| (step.operations.iter()).any(|one| matches!(**one, Operation::Sql(_))))
}

/// Whether rows of other tables may go, too.
fn deletes(step: &Step) -> bool {
    (step.operations.iter()).any(|one| matches!(**one, Operation::Delete(_)))
}

/// Whether only the schema is changed until a step needs a transaction without foreign keys: then one
/// transaction does for all, and nothing of it stays if that step is refused.
fn leads_to_rebuild(steps: &[Step]) -> bool {
    for step in steps.iter().filter(|step| step.verdict == Verdict::Execute) {
        match step.transaction {
            Transaction::WithoutForeignKeys => return true,
            Transaction::Inside if !step.operations().any(Operation::changes_rows) => {}
            _ => return false,
        }
    }
    false
}

/// Cuts a plan where transactions begin and end. `old` is the schema before it.
pub(super) fn units(migrations: &[PlannedMigration], old: &Schema) -> Vec<Unit> {
    let mut cutter = Cutter::default();
    for (place, migration) in migrations.iter().enumerate() {
        if is_one_batch(migration) {
            cutter.join(Bounds::Transaction);
            cutter.add(place, 0, migration.steps.len());
            if ends_transaction(migration, old) {
                cutter.cut();
            }
        } else {
            cutter.cut();
            cutter.in_parts(place, &migration.steps);
            cutter.cut();
        }
    }
    cutter.cut();
    cutter.units
}

#[derive(Default)]
struct Cutter {
    units: Vec<Unit>,
    open: Option<Unit>,
}

impl Cutter {
    fn in_parts(&mut self, place: usize, steps: &[Step]) {
        // Steps with nothing to execute go with the next one that has something, or the last one.
        let mut first = 0;
        for (at, step) in steps.iter().enumerate() {
            if step.verdict != Verdict::Execute {
                continue;
            }
            let open = self.open.as_ref().map(|unit| unit.bounds);
            self.join(bounds(steps, at, open));
            self.add(place, first, at + 1 - first);
            first = at + 1;
            if matches!(step.transaction, Transaction::Outside | Transaction::Last) {
                self.cut();
            }
        }
        if first < steps.len() {
            self.join(Bounds::Transaction);
            self.add(place, first, steps.len() - first);
        }
    }

    /// Goes on in the open unit if it has these bounds.
    fn join(&mut self, bounds: Bounds) {
        if self.open.as_ref().is_some_and(|open| open.bounds != bounds) {
            self.cut();
        }
        self.open.get_or_insert_with(|| Unit {
            bounds,
            parts: Vec::new(),
        });
    }

    fn add(&mut self, migration: usize, first: usize, count: usize) {
        let Some(open) = &mut self.open else { return };
        match open.parts.last_mut() {
            Some(part) if part.migration == migration => part.count += count,
            _ => open.parts.push(Part {
                migration,
                first,
                count,
            }),
        }
    }

    fn cut(&mut self) {
        self.units.extend(self.open.take());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::Checksum;
    use crate::expr::With;
    use crate::operation::{Delete, Effect, Sql};
    use crate::shared::List;
    use crate::version::Version;

    fn migration(steps: &str) -> PlannedMigration {
        let steps = steps.chars().zip(1..).map(|(kind, number)| Step {
            proof: crate::plan::Proof::default(),
            number,
            path: None,
            line: 0,
            summary: String::new(),
            verdict: match kind {
                '-' => Verdict::Nothing { why: String::new() },
                _ => Verdict::Execute,
            },
            statements: Vec::new(),
            transaction: match kind {
                'o' => Transaction::Outside,
                'l' => Transaction::Last,
                'f' | 'p' => Transaction::WithoutForeignKeys,
                _ => Transaction::Inside,
            },
            rewritten: None,
            losses: List::new(),
            accepted: Vec::new(),
            unread: None,
            barrier: false,
            at_least_once: false,
            locks: match kind {
                'x' => vec!["old".into()],
                _ => Vec::new(),
            },
            may_lock: false,
            operations: match kind {
                'd' => vec![
                    Operation::Delete(
                        Delete {
                            table: "t".into(),
                            alias: None,
                            with: With::default(),
                            using: List::new(),
                            filter: None,
                        }
                        .into(),
                    )
                    .into(),
                ]
                .into(),
                'p' => vec![
                    Operation::Sql(
                        Sql {
                            dialect: None,
                            summary: String::new(),
                            effect: Effect::Unknown,
                            text: String::new(),
                        }
                        .into(),
                    )
                    .into(),
                ]
                .into(),
                _ => List::new(),
            },
        });
        PlannedMigration {
            version: Version::from("1"),
            name: String::new(),
            checksum: Checksum::EMPTY,
            total: 0,
            source: None,
            begun: None,
            steps: steps.collect(),
        }
    }

    /// `i` inside, `x` inside and locking an old table, `o` outside, `l` last of its transaction, `f`
    /// without foreign keys, `p` the pragma for that, `d` a deletion, `-` nothing to do.
    #[track_caller]
    fn check(migrations: &[&str], expected: &str) {
        let mut old = Schema::default();
        old.tables
            .push(crate::schema::Table::new("old".into()).into());
        let planned: Vec<_> = migrations.iter().map(|one| migration(one)).collect();
        let shown: Vec<String> = units(&planned, &old)
            .iter()
            .map(|unit| {
                let parts: Vec<&str> = unit
                    .parts
                    .iter()
                    .map(|part| &migrations[part.migration][part.first..part.first + part.count])
                    .collect();
                let parts = parts.join(",");
                match unit.bounds {
                    Bounds::Transaction => format!("({parts})"),
                    Bounds::WithoutForeignKeys => format!("<{parts}>"),
                    Bounds::Outside => parts,
                }
            })
            .collect();
        assert_eq!(shown.join(" "), expected);
    }

    #[test]
    fn cuts_as_the_engine_does() {
        check(&["ii", "i", "i"], "(ii,i,i)");
        check(&["i", "x", "i"], "(i,x) (i)");
        check(&["i", "il", "i"], "(i,il) (i)");
        check(&["i", "io", "i"], "(i) (i) o (i)");
        check(&["ioi"], "(i) o (i)");
        check(&["ifi", "i"], "<ifi> (i)");
        check(&["iof"], "(i) o <f>");
        check(&["dif"], "(di) <f>");
        check(&["ifid"], "<ifi> (d)");
        check(&["pidf"], "<pidf>");
        check(&["oo-"], "o o (-)");
        check(&["-o"], "-o");
        check(&["iffi"], "<iffi>");
        check(&["ili"], "(il) (i)");
        check(&["", "i"], "(,i)");
    }
}
