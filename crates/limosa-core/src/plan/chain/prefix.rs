//! How far along the pending operations a database is that was changed by hand, or by another tool.

use std::collections::{HashMap, HashSet};

use super::{Expected, Object, touched};
use crate::dialect::Dialect;
use crate::diff::Difference;
use crate::operation::Operation;
use crate::plan::words::words;
use crate::schema::Schema;

/// Where a database stands between the pending operations.
#[derive(Debug)]
pub(crate) struct Prefix {
    /// How many of them it has.
    pub(crate) done: usize,
    /// In what it differs there, as statements of unknown effect have left it.
    pub(crate) left: Vec<Difference>,
    /// In what it may differ in words alone, behind which of the operations.
    pub(crate) worded: Vec<(usize, Difference)>,
}

/// Whether what a database says in other words may be the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Words {
    Differ,
    MaySayTheSame,
}

/// How many of the pending operations the database already has, if it stands exactly between two of
/// them: none if it is as it would be without any of them, else the longest such prefix, up to the
/// last operation in it that changes the schema.
///
/// Operations that undo each other make several prefixes look alike. Where the database is as if
/// nothing had been done, nothing was done; else the longest is the careful choice, since changes of
/// rows in it are asked about and not repeated.
///
/// Expressions of something that no operation has made so far, and that has come into being elsewhere, may be
/// the operation's in the words of the database: without a journal nobody knows. Those of something that
/// agreed before the operation are other ones: it was not done.
pub(crate) fn prefix(
    applied: &Expected,
    pending: &[&Operation],
    actual: &Schema,
    dialect: &dyn Dialect,
    words: Words,
) -> Option<Prefix> {
    // A first pass finds all names that the pending operations will ever speak of.
    let mut full = applied.clone();
    full.touched.clear();
    for operation in pending {
        full.apply(operation);
    }
    let mut walk = Walk {
        now: Expected {
            mentioned: full.mentioned,
            touched: HashSet::new(),
            ..applied.clone()
        },
        actual,
        dialect,
        words: Words::Differ,
        wrong: HashMap::new(),
        left: HashMap::new(),
        worded: HashMap::new(),
    };
    walk.look_at(0, full.touched);
    // Nothing is done yet that could be said in other words.
    walk.words = words;
    if walk.wrong.is_empty() {
        return Some(Prefix {
            done: 0,
            left: Vec::new(),
            worded: Vec::new(),
        });
    }
    let (mut best, mut changing) = (None, 0);
    for (done, operation) in pending.iter().enumerate() {
        if walk.pass(done, operation) {
            changing = done + 1;
        }
        if walk.wrong.is_empty() {
            best = Some(Prefix {
                done: changing,
                left: walk.left.values().flatten().cloned().collect(),
                worded: walk.worded.values().flatten().cloned().collect(),
            });
        }
    }
    best
}

/// The way along the pending operations.
struct Walk<'a> {
    now: Expected,
    actual: &'a Schema,
    dialect: &'a dyn Dialect,
    words: Words,
    /// The objects that differ, and in what.
    wrong: HashMap<Object, Vec<Difference>>,
    /// In what objects differ since a statement of unknown effect that names them: it may have made them so.
    left: HashMap<Object, Vec<Difference>>,
    /// In what objects differ that may be words alone, since which operation.
    worded: HashMap<Object, Vec<(usize, Difference)>>,
}

impl Walk<'_> {
    /// Does the next operation, and tells whether it changes the schema.
    fn pass(&mut self, at: usize, operation: &Operation) -> bool {
        let objects = touched(operation, &self.now.schema);
        // One that changes rows may leave the schema as it is: then nothing shows that it was done.
        let before = operation.changes_rows().then(|| self.now.schema.clone());
        self.now.apply(operation);
        let shows = |before| {
            let before = Expected::at(before);
            before.is_other_in(&objects, &self.now.schema, self.dialect)
        };
        let changes = before.map_or(!objects.is_empty(), shows);
        self.look_at(at, objects);
        if let Operation::Sql(sql) = operation
            && operation.has_unknown_effect()
        {
            self.doubt(at, &words(&sql.text).collect());
        }
        changes
    }

    fn look_at(&mut self, at: usize, objects: impl IntoIterator<Item = Object>) {
        for object in objects {
            let mut found = self.now.difference(&object, self.actual, self.dialect);
            if let Some(left) = self.left.get_mut(&object) {
                left.retain(|one| found.contains(one));
                found.retain(|one| !left.contains(one));
            }
            if self.words == Words::MaySayTheSame {
                self.pass_over_words(at, &object, &mut found);
            }
            if found.is_empty() {
                self.wrong.remove(&object);
            } else {
                self.wrong.insert(object, found);
            }
        }
    }

    /// Takes expressions for the same of what did not fit in any other way before.
    fn pass_over_words(&mut self, at: usize, object: &Object, found: &mut Vec<Difference>) {
        let before = self
            .wrong
            .get(object)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut worded = self.worded.remove(object).unwrap_or_default();
        worded.retain(|(_, one)| found.contains(one));
        for one in found.iter().filter(|one| one.may_say_the_same()) {
            let is_new = before
                .iter()
                .filter(|own| own.object.starts_with("table ") || own.is_about(&one.object))
                .any(|own| !own.may_say_the_same());
            if is_new && !worded.iter().any(|(_, own)| own == one) {
                worded.push((at, one.clone()));
            }
        }
        found.retain(|one| !worded.iter().any(|(_, own)| own == one));
        if !worded.is_empty() {
            self.worded.insert(object.clone(), worded);
        }
    }

    /// Takes what is as no migration has made it for the work of a statement that names it.
    fn doubt(&mut self, at: usize, named: &HashSet<String>) {
        let wrong: Vec<_> = self.wrong.clone().into_iter().collect();
        for (object, mut found) in wrong {
            found.retain(|one| is_named(&one.object, named));
            if !found.is_empty() {
                self.left.entry(object.clone()).or_default().extend(found);
                self.look_at(at, [object]);
            }
        }
    }
}

/// Whether the names of what differs (`column users.email`) are among these words.
fn is_named(object: &str, named: &HashSet<String>) -> bool {
    let names = object.split_once(' ').map_or(object, |(_, names)| names);
    words(names).all(|word| matches!(&*word, "of" | "on") || named.contains(&word))
}
