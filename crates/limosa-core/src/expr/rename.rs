//! Which columns and tables an expression mentions, and their renaming.
//!
//! Verbatim text of a known dialect takes part: its words are renamed as tokens.

use super::walk::Part;
use super::{Expr, Lexicon, Query, tokens};
use crate::name::{Case, ObjectName};

impl Expr {
    /// The last part of every column that is mentioned, each once, in order; in verbatim text, every
    /// word that may be one.
    pub fn columns(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.clone().each_column(&mut |name| {
            if !found.contains(name) {
                found.push(name.clone());
            }
        });
        found
    }

    /// Renames a column wherever it is mentioned.
    pub fn rename_column(&mut self, from: &str, to: &str, case: Case) {
        self.each_column(&mut |name| {
            if case.same(name, from) {
                to.clone_into(name);
            }
        });
    }

    /// Renames the table in front of columns, where one is named.
    pub fn rename_qualifier(&mut self, from: &str, to: &str, case: Case) {
        qualify(Part::Expr(self), from, to, case);
    }

    /// Removes a table in front of columns: of an expression that knows no other table.
    pub fn remove_qualifier(&mut self, table: &str, case: Case) {
        if let Self::Column(path) = self
            && path.len() > 1
            && case.same(&path[path.len() - 2], table)
        {
            path.drain(..path.len() - 1);
        }
        self.parts(&mut |part| {
            if let Part::Expr(expr) = part {
                expr.remove_qualifier(table, case);
            }
        });
    }

    fn each_column(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Column(path) => path.last_mut().into_iter().for_each(visit),
            Self::Verbatim { dialect, text } => {
                if let Some(renamed) = words(text, dialect, visit) {
                    *text = renamed;
                }
            }
            _ => self.parts(&mut |part| columns_of(part, visit)),
        }
    }
}

fn columns_of(part: Part<'_>, visit: &mut dyn FnMut(&mut String)) {
    match part {
        Part::Expr(expr) => expr.each_column(visit),
        Part::Query(query) => query.parts(&mut |part| columns_of(part, visit)),
        Part::Table(..) => {}
    }
}

/// The text with its identifiers, other than names of functions, as `visit` leaves them; none if
/// nothing changed or the dialect is unknown.
fn words(text: &str, dialect: &str, visit: &mut dyn FnMut(&mut String)) -> Option<String> {
    let lexicon = [Lexicon::POSTGRES, Lexicon::SQLITE]
        .into_iter()
        .find(|lexicon| lexicon.id == dialect)?;
    let found = tokens(text, &lexicon);
    let mut changed = false;
    let mut written = String::new();
    for (at, token) in found.iter().enumerate() {
        let next = found[at + 1..].iter().find(|next| !next.is_trivia());
        let called = next.is_some_and(|next| next.is_operator("("));
        let before = token.identifier(&lexicon).filter(|_| !called);
        let mut after = before.clone();
        after.iter_mut().for_each(&mut *visit);
        match after.filter(|after| Some(after) != before.as_ref()) {
            Some(after) => {
                changed = true;
                written += &format!("\"{}\"", after.replace('"', "\"\""));
            }
            None => written += token.text,
        }
    }
    changed.then_some(written)
}

impl Query {
    /// The tables and views that are read, each once; common table expressions are none.
    pub fn tables(&self) -> Vec<ObjectName> {
        let mut found = Vec::new();
        self.clone().each_table(&mut Vec::new(), &mut |name, _| {
            if !found.contains(name) {
                found.push(name.clone());
            }
        });
        found
    }

    /// Renames a table wherever it is mentioned. Where it has no alias, what its columns are
    /// qualified with changes too.
    pub fn rename_table(&mut self, from: &ObjectName, to: &ObjectName, case: Case) {
        let mut bare = false;
        let mut hidden = false;
        self.each_table(&mut Vec::new(), &mut |name, alias| {
            if same(name, from, case) {
                bare |= alias.is_none();
                *name = to.clone();
            }
            hidden |= alias.is_some_and(|alias| case.same(alias, &from.name));
        });
        if bare && !hidden {
            self.parts(&mut |part| qualify(part, &from.name, &to.name, case));
        }
    }

    fn each_table(
        &mut self,
        around: &mut Vec<String>,
        visit: &mut dyn FnMut(&mut ObjectName, Option<&str>),
    ) {
        let outside = around.len();
        around.extend(self.with.iter().map(|cte| cte.name.clone()));
        self.parts(&mut |part| tables_of(part, around, visit));
        around.truncate(outside);
    }
}

fn tables_of(
    part: Part<'_>,
    around: &mut Vec<String>,
    visit: &mut dyn FnMut(&mut ObjectName, Option<&str>),
) {
    match part {
        Part::Expr(expr) => expr.parts(&mut |part| tables_of(part, around, visit)),
        Part::Query(query) => query.each_table(around, visit),
        Part::Table(name, alias) => {
            if name.schema.is_some() || !around.contains(&name.name) {
                visit(name, alias);
            }
        }
    }
}

fn same(a: &ObjectName, b: &ObjectName, case: Case) -> bool {
    let schemas = match (&a.schema, &b.schema) {
        (Some(a), Some(b)) => case.same(a, b),
        (a, b) => a.is_none() && b.is_none(),
    };
    schemas && case.same(&a.name, &b.name)
}

/// Changes the table in front of columns and stars.
fn qualify(part: Part<'_>, from: &str, to: &str, case: Case) {
    let rename = |name: &mut String| {
        if case.same(name, from) {
            to.clone_into(name);
        }
    };
    match part {
        Part::Expr(Expr::Column(path)) => {
            if let [.., table, _] = path.as_mut_slice() {
                rename(table);
            }
        }
        Part::Expr(Expr::Star(Some(table))) => rename(table),
        Part::Expr(expr) => expr.parts(&mut |part| qualify(part, from, to, case)),
        Part::Query(query) => query.parts(&mut |part| qualify(part, from, to, case)),
        Part::Table(..) => {}
    }
}

#[cfg(test)]
mod tests;
