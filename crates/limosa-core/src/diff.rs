//! Differences between what should be and what is, for people to read.
//!
//! Both sides are [normalised](crate::dialect::Dialect::normalise) first, so that only differences of
//! meaning are left.

mod called;
mod show;
mod wording;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::datatype::DataType;
use crate::dialect::Dialect;
use crate::expr::Expr;
use crate::schema::{Column, Constraint, Index, Schema, Table};
use show::show_identity;

pub use show::{show_constraint, show_expr, show_index};
pub(crate) use wording::Wordings;

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What differs: `column environments.last_error`.
    pub object: String,
    /// In what: `type`, `nullability`, `default`, `existence` ...
    pub aspect: String,
    /// What it should be.
    pub expected: String,
    /// What it is.
    pub found: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            object,
            aspect,
            expected,
            found,
        } = self;
        write!(f, "{object}: {aspect} should be {expected}, but is {found}")
    }
}

/// Compares the parts of tables of one dialect.
#[derive(Clone, Copy)]
pub struct Comparison<'a> {
    dialect: &'a dyn Dialect,
}

/// Collects the aspects in which one object differs.
struct Aspects {
    object: String,
    found: Vec<Difference>,
}

impl Aspects {
    fn new(object: String) -> Self {
        Self {
            object,
            found: Vec::new(),
        }
    }

    fn check<T: PartialEq>(
        &mut self,
        aspect: &str,
        expected: &T,
        found: &T,
        show: impl Fn(&T) -> String,
    ) {
        if expected != found {
            self.found.push(Difference {
                object: self.object.clone(),
                aspect: aspect.to_owned(),
                expected: show(expected),
                found: show(found),
            });
        }
    }
}

impl<'a> Comparison<'a> {
    /// A comparison by a dialect's rules.
    pub fn new(dialect: &'a dyn Dialect) -> Self {
        Self { dialect }
    }

    /// Everything in which two tables differ, in whatever order their constraints and indexes are.
    pub fn tables(self, expected: &Table, found: &Table, schema: &Schema) -> Vec<Difference> {
        let (expected, found) = self.normal(expected, found, schema);
        let case = self.dialect.facts().case;
        let mut all = Vec::new();
        for column in &expected.columns {
            match found.column(&column.name, case) {
                Some(other) => all.extend(self.normal_columns(&expected, column, other)),
                None => all.push(missing(&column_label(&expected, column))),
            }
        }
        for column in &found.columns {
            if expected.column(&column.name, case).is_none() {
                all.push(unexpected(&column_label(&expected, column)));
            }
        }
        all.extend(self.normal_constraints(&expected, &found));
        all.extend(self.normal_indexes(&expected, &found));
        all
    }

    /// Whether two tables are the same without a look at what this database would hold for them. Names of
    /// constraints that it does not keep do not count.
    pub(crate) fn is_evident(self, expected: &Table, found: &Table) -> bool {
        if self.dialect.facts().constraint_names {
            return expected == found;
        }
        let Table {
            name,
            columns,
            constraints,
            indexes,
            storage,
            comment,
            written: _,
        } = expected;
        let mut pairs = constraints.iter().zip(&found.constraints);
        (name, storage, comment) == (&found.name, &found.storage, &found.comment)
            && *columns == found.columns
            && *indexes == found.indexes
            && constraints.len() == found.constraints.len()
            && pairs.all(|(a, b)| a.repeats(b))
    }

    /// Both sides as this database would hold them.
    fn normal(self, expected: &Table, found: &Table, schema: &Schema) -> (Table, Table) {
        let normal = |table| self.dialect.normalise(table, schema);
        (normal(expected), normal(found))
    }

    /// In what one column differs, in the tables that hold them.
    pub fn columns(
        self,
        expected: &Table,
        found: &Table,
        name: &str,
        schema: &Schema,
    ) -> Vec<Difference> {
        let (expected, found) = self.normal(expected, found, schema);
        let case = self.dialect.facts().case;
        match (expected.column(name, case), found.column(name, case)) {
            (Some(a), Some(b)) => self.normal_columns(&expected, a, b),
            (Some(a), None) => vec![missing(&column_label(&expected, a))],
            (None, Some(b)) => vec![unexpected(&column_label(&found, b))],
            (None, None) => Vec::new(),
        }
    }

    /// The constraints that one of two tables has and the other lacks, those included that the types of
    /// columns bring along.
    pub(crate) fn constraints(
        self,
        expected: &Table,
        found: &Table,
        schema: &Schema,
    ) -> Vec<Difference> {
        let (expected, found) = self.normal(expected, found, schema);
        self.normal_constraints(&expected, &found)
    }

    /// In what one index differs, in the tables that hold them.
    pub fn indexes(
        self,
        expected: &Table,
        found: &Table,
        name: &str,
        schema: &Schema,
    ) -> Vec<Difference> {
        let (expected, found) = self.normal(expected, found, schema);
        let case = self.dialect.facts().case;
        let of = |table: &Table| {
            table
                .indexes
                .iter()
                .find(|index| case.same(&index.name, name))
                .cloned()
        };
        match (of(&expected), of(&found)) {
            (Some(a), Some(b)) => self.normal_index(&expected, &a, &b),
            (Some(_), None) => vec![missing(&format!("index {name}"))],
            (None, Some(_)) => vec![unexpected(&format!("index {name}"))],
            (None, None) => Vec::new(),
        }
    }

    /// The constraint of `found` that is the same as one of `expected`'s, or has its name.
    pub fn constraint(
        self,
        expected: &Table,
        found: &Table,
        constraint: &Constraint,
        schema: &Schema,
    ) -> Likeness {
        let wanted = self.dialect.normalise(&alone(expected, constraint), schema);
        let found = self.dialect.normalise(found, schema);
        // Normalising may add a check of an enum column; the asked-for constraint is the first.
        let Some(wanted) = wanted.constraints.first() else {
            return Likeness::Absent;
        };
        if let Some(same) = found
            .constraints
            .iter()
            .find(|other| self.same_constraint(wanted, other))
        {
            return Likeness::Same(show_constraint(same, self.dialect));
        }
        let case = self.dialect.facts().case;
        let namesake = wanted
            .name()
            .filter(|_| self.dialect.facts().constraint_names);
        match namesake.and_then(|name| found.constraint(name, case)) {
            Some(other) => Likeness::Different(self.namesakes(&found, wanted, other)),
            None => Likeness::Absent,
        }
    }

    /// In what two constraints of one name differ.
    fn namesakes(self, table: &Table, expected: &Constraint, found: &Constraint) -> Difference {
        let name = expected.name().unwrap_or_default();
        Difference {
            object: format!("constraint {name} of {}", table.name),
            aspect: "definition".to_owned(),
            expected: show_constraint(expected, self.dialect),
            found: show_constraint(found, self.dialect),
        }
    }

    fn normal_columns(self, table: &Table, expected: &Column, found: &Column) -> Vec<Difference> {
        let mut aspects = Aspects::new(column_label(table, expected));
        aspects.check(
            "type",
            &expected.data_type,
            &found.data_type,
            |data_type| match (self.dialect.type_name(data_type), data_type) {
                (Ok(name), _) => name,
                (Err(_), DataType::Other(name)) => name.clone(),
                (Err(unsupported), _) => unsupported.to_string(),
            },
        );
        aspects.check(
            "nullability",
            &expected.nullable,
            &found.nullable,
            |nullable| if *nullable { "NULL" } else { "NOT NULL" }.to_owned(),
        );
        aspects.check("default", &expected.default, &found.default, |default| {
            self.show(default.as_ref())
        });
        aspects.check(
            "numbering",
            &expected.identity,
            &found.identity,
            |identity| show_identity(*identity).to_owned(),
        );
        aspects.check(
            "generation",
            &expected.generated,
            &found.generated,
            |generated| self.show(generated.as_ref().map(|generated| &generated.expr)),
        );
        aspects.check(
            "collation",
            &expected.collation,
            &found.collation,
            |collation| {
                collation
                    .clone()
                    .unwrap_or_else(|| "the default".to_owned())
            },
        );
        aspects.found
    }

    fn normal_indexes(self, expected: &Table, found: &Table) -> Vec<Difference> {
        let case = self.dialect.facts().case;
        let mut all = Vec::new();
        for index in &expected.indexes {
            match found
                .indexes
                .iter()
                .find(|other| case.same(&other.name, &index.name))
            {
                Some(other) => all.extend(self.normal_index(expected, index, other)),
                None => all.push(missing(&format!("index {}", index.name))),
            }
        }
        for index in &found.indexes {
            if !expected
                .indexes
                .iter()
                .any(|other| case.same(&other.name, &index.name))
            {
                all.push(unexpected(&format!("index {}", index.name)));
            }
        }
        all
    }

    fn normal_index(self, table: &Table, expected: &Index, found: &Index) -> Vec<Difference> {
        let mut aspects = Aspects::new(format!("index {}", expected.name));
        let plain = |index: &Index| Index {
            name: String::new(),
            comment: None,
            valid: true,
            ..index.clone()
        };
        aspects.check("definition", &plain(expected), &plain(found), |index| {
            show_index(table, index, self.dialect)
        });
        aspects.check("validity", &expected.valid, &found.valid, |valid| {
            if *valid { "VALID" } else { "INVALID" }.to_owned()
        });
        aspects.found
    }

    fn normal_constraints(self, expected: &Table, found: &Table) -> Vec<Difference> {
        let mut unmatched: Vec<&Constraint> = found.constraints.iter().collect();
        let mut lacking = Vec::new();
        for constraint in &expected.constraints {
            match unmatched
                .iter()
                .position(|other| self.same_constraint(constraint, other))
            {
                Some(at) => drop(unmatched.swap_remove(at)),
                None => lacking.push(constraint),
            }
        }
        let mut all = Vec::new();
        for constraint in lacking {
            match (unmatched.iter()).position(|other| self.is_namesake(constraint, other)) {
                Some(at) => {
                    let other = unmatched.swap_remove(at);
                    all.push(self.namesakes(found, constraint, other));
                }
                None => all.push(missing(&constraint_label(
                    expected,
                    constraint,
                    self.dialect,
                ))),
            }
        }
        all.extend(
            unmatched
                .iter()
                .map(|own| unexpected(&constraint_label(found, own, self.dialect))),
        );
        all
    }

    /// Whether one may be the other in other words: of the same name, where names count, and kind.
    fn is_namesake(self, a: &Constraint, b: &Constraint) -> bool {
        let case = self.dialect.facts().case;
        let same = |(a, b): (&str, &str)| case.same(a, b);
        self.dialect.facts().constraint_names
            && std::mem::discriminant(a) == std::mem::discriminant(b)
            && a.name().zip(b.name()).is_some_and(same)
    }

    fn same_constraint(self, a: &Constraint, b: &Constraint) -> bool {
        if self.dialect.facts().constraint_names {
            return a == b;
        }
        a.repeats(b)
    }

    fn show(self, expr: Option<&Expr>) -> String {
        show_expr(expr, self.dialect)
    }
}

/// Whether a table has a constraint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It has it; the definition found.
    Same(String),
    /// It has another one of that name.
    Different(Difference),
    /// It has none like it.
    Absent,
}

/// A table with one of its constraints, and its primary key behind that: a foreign key to the table itself
/// may not say what it refers to.
fn alone(table: &Table, constraint: &Constraint) -> Table {
    let is_key = |own: &&Constraint| matches!(own, Constraint::PrimaryKey(_));
    let key = table.constraints.iter().find(is_key);
    let key = key.filter(|_| !is_key(&constraint));
    Table {
        constraints: std::iter::once(constraint).chain(key).cloned().collect(),
        ..table.clone()
    }
}

fn column_label(table: &Table, column: &Column) -> String {
    format!("column {}.{}", table.name, column.name)
}

fn constraint_label(table: &Table, constraint: &Constraint, dialect: &dyn Dialect) -> String {
    let definition = show_constraint(constraint, dialect);
    match constraint.name() {
        Some(name) => format!("constraint {name} of {} ({definition})", table.name),
        None => format!("constraint {definition} of {}", table.name),
    }
}

pub(crate) fn missing(object: &str) -> Difference {
    existence(object, "there", "missing")
}

pub(crate) fn unexpected(object: &str) -> Difference {
    existence(object, "gone", "there")
}

fn existence(object: &str, expected: &str, found: &str) -> Difference {
    Difference {
        object: object.to_owned(),
        aspect: "existence".to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}
