//! Answers about whole objects: tables, indexes, types, views, triggers, comments.

use super::view::create_view;
use super::words::{bare_words, said};
use super::{Asked, Truth};
use crate::diff::{Difference, show_index};
use crate::expr::Expr;
use crate::name::ObjectName;
use crate::operation::{Commented, Operation};
use crate::schema::{EnumType, Index, Table, Trigger};

pub(super) fn truth(asked: Asked<'_>, operation: &Operation) -> Truth {
    let schema = asked.schema;
    match operation {
        Operation::DropEnum { name, .. } | Operation::RenameEnum { from: name, .. }
            if schema.has_other_type(name) =>
        {
            Truth::Pending
        }
        Operation::DropTable { name, .. } | Operation::RenameTable { from: name, .. }
            if schema.has_other_table(name) =>
        {
            Truth::Pending
        }
        Operation::CreateTable { table, .. } => create_table(asked, table),
        Operation::DropTable { name, .. } => {
            Truth::of_removal("table", &name.name, schema.table(name).is_some())
        }
        Operation::RenameTable { from, to, .. } => {
            let found = |name| schema.table(name).map(|table| table.name.name.as_str());
            let found = (found(from), found(&from.sibling(to)));
            Truth::of_renaming("table", &from.name, to, found)
        }
        Operation::CreateIndex {
            table,
            index,
            concurrently,
            ..
        } => create_index(asked, table, index, *concurrently),
        Operation::DropIndex { name, .. } => {
            Truth::of_removal("index", &name.name, schema.index(name).is_some())
        }
        Operation::RenameIndex { from, to, .. } => {
            let found = |name| schema.index(name).map(|(_, index)| index.name.as_str());
            let found = (found(from), found(&from.sibling(to)));
            Truth::of_renaming("index", &from.name, to, found)
        }
        Operation::CreateEnum { enum_type, .. } => create_enum(asked, enum_type),
        Operation::DropEnum { name, .. } => {
            Truth::of_removal("type", &name.name, schema.enum_type(name).is_some())
        }
        Operation::RenameEnum { from, to } => {
            let found = |name| schema.enum_type(name).map(|found| found.name.name.as_str());
            let found = (found(from), found(&from.sibling(to)));
            Truth::of_renaming("type", &from.name, to, found)
        }
        Operation::AddEnumLabel { name, label, .. } => match schema.enum_type(name) {
            None => Truth::Impossible(format!("there is no type {name}")),
            Some(found) if found.labels.contains(label) => {
                Truth::Already(format!("type {name} has the label '{label}'"))
            }
            Some(_) => Truth::Pending,
        },
        Operation::RenameEnumLabel { name, from, to } => match schema.enum_type(name) {
            None => Truth::Impossible(format!("there is no type {name}")),
            Some(found) => {
                let there = |label: &String| found.labels.contains(label);
                let found = (
                    Some(from.as_str()).filter(|_| there(from)),
                    Some(to.as_str()).filter(|_| there(to)),
                );
                Truth::of_renaming("label", from, to, found)
            }
        },
        Operation::CreateView {
            view, or_replace, ..
        } => create_view(asked, view, *or_replace),
        Operation::DropView { name, .. } => {
            Truth::of_removal("view", &name.name, schema.view(name).is_some())
        }
        Operation::CreateTrigger {
            trigger,
            or_replace,
            ..
        } => create_trigger(asked, trigger, *or_replace),
        Operation::DropTrigger { name, table, .. } => {
            let there = schema.triggers.iter().any(|own| {
                schema.case.same(&own.name, name)
                    && table
                        .as_ref()
                        .is_none_or(|table| schema.same_object(&own.table, table))
            });
            Truth::of_removal("trigger", name, there)
        }
        Operation::Comment { on, text } => comment(asked, on, text.as_deref().unwrap_or_default()),
        _ => Truth::Pending,
    }
}

/// What a later migration has added to the table does not contradict its creation.
fn create_table(asked: Asked<'_>, table: &Table) -> Truth {
    let Some(found) = asked.schema.table(&table.name) else {
        // A table and a view share their names, on all databases.
        return match asked.schema.view(&table.name) {
            Some(view) => other_kind(&view.name, "a table", "a view"),
            None if asked.schema.has_other_table(&table.name) => {
                other_kind(&table.name, "a table", "a table of another kind")
            }
            None => Truth::Pending,
        };
    };
    let mut differences = asked.comparison.tables(table, found, asked.schema);
    differences.retain(|difference| difference.expected != "gone");
    let columns = found.columns.len();
    Truth::of(differences, || {
        format!("table {} is there, with {columns} columns", table.name)
    })
}

pub(super) fn other_kind(name: &ObjectName, expected: &str, found: &str) -> Truth {
    Truth::Contradicted(vec![Difference {
        object: name.to_string(),
        aspect: "kind".to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }])
}

fn create_index(asked: Asked<'_>, table: &ObjectName, index: &Index, concurrently: bool) -> Truth {
    let name = table.sibling(index.name.clone());
    let Some((owner, found)) = asked.schema.index(&name) else {
        return match asked.schema.table(table) {
            Some(found) => needs(asked, found, &index_words(index)),
            None => Truth::Impossible(format!("there is no table {table}")),
        };
    };
    let mut expected = owner.clone();
    expected.name = asked
        .schema
        .table(table)
        .map_or_else(|| table.clone(), |own| own.name.clone());
    expected.indexes = vec![index.clone()].into();
    let mut differences = asked
        .comparison
        .indexes(&expected, owner, &index.name, asked.schema);
    if expected.name != owner.name {
        differences.push(Difference {
            object: format!("index {}", index.name),
            aspect: "table".to_owned(),
            expected: expected.name.to_string(),
            found: owner.name.to_string(),
        });
    }
    // What a build left behind that failed serves nobody, whatever it should have become.
    let has = |aspect: &str| differences.iter().any(|one| one.aspect == aspect);
    if has("validity") && !has("table") {
        let drop = Operation::DropIndex {
            name,
            if_exists: true,
            concurrently,
            cascade: false,
        };
        return Truth::Broken(
            format!("index {} is INVALID", index.name),
            vec![drop.into()],
        );
    }
    Truth::of(differences, || {
        format!(
            "index {} is there, {}",
            index.name,
            show_index(owner, found, asked.dialect)
        )
    })
}

/// Something new can be made if the columns are there that it is about. `SQLite` would take the name
/// of one that is not for a string ("Double-quoted String Literals Are Accepted").
pub(super) fn needs(asked: Asked<'_>, table: &Table, columns: &[String]) -> Truth {
    let case = asked.schema.case;
    let gone = columns
        .iter()
        .find(|name| table.column(name, case).is_none());
    match gone {
        None => Truth::Pending,
        Some(name) => Truth::Impossible(format!(
            "there is no column {}.{name} (a string stands in single quotes)",
            table.name
        )),
    }
}

/// The columns of an index.
fn index_words(index: &Index) -> Vec<String> {
    let keys = index.keys.iter().map(|key| &key.expr);
    keys.chain(&index.predicate)
        .flat_map(bare_columns)
        .chain(index.include.iter().cloned())
        .collect()
}

/// The columns that an expression names alone, without those of subqueries and verbatim text.
pub(super) fn bare_columns(expr: &Expr) -> Vec<String> {
    match expr {
        Expr::Column(path) if path.len() == 1 => path.clone(),
        Expr::Unary(_, inner) | Expr::Is(inner, ..) | Expr::Cast(inner, _) => bare_columns(inner),
        Expr::Binary(left, _, right) => [bare_columns(left), bare_columns(right)].concat(),
        Expr::Call(call) => call.args.iter().flat_map(bare_columns).collect(),
        _ => Vec::new(),
    }
}

fn create_enum(asked: Asked<'_>, wanted: &EnumType) -> Truth {
    let Some(found) = asked.schema.enum_type(&wanted.name) else {
        return Truth::Pending;
    };
    let differences = if found.labels == wanted.labels {
        Vec::new()
    } else {
        vec![Difference {
            object: format!("type {}", wanted.name),
            aspect: "labels".to_owned(),
            expected: wanted.labels.join(", "),
            found: found.labels.join(", "),
        }]
    };
    Truth::of(differences, || format!("type {} is there", wanted.name))
}

/// A trigger's text is compared where the database keeps it as it was written.
fn create_trigger(asked: Asked<'_>, wanted: &Trigger, or_replace: bool) -> Truth {
    let Some(found) = asked.schema.trigger(&wanted.name, &wanted.table) else {
        return Truth::Pending;
    };
    let lexicon = &asked.dialect.facts().lexicon;
    let words = |text: &str| -> Vec<String> {
        let mut words = bare_words(text, lexicon);
        words.retain(|word| !matches!(word.as_str(), "if" | "not" | "exists" | "or" | "replace"));
        words
    };
    let is_there = if or_replace {
        said(&wanted.text, lexicon) == said(&found.text, lexicon)
    } else {
        words(&wanted.text) == words(&found.text)
    };
    if is_there {
        return Truth::Already(format!("trigger {} is there", wanted.name));
    }
    if or_replace {
        return Truth::Pending;
    }
    if asked.dialect.facts().trigger_text {
        return Truth::Contradicted(vec![Difference {
            object: format!("trigger {}", wanted.name),
            aspect: "definition".to_owned(),
            expected: wanted.text.clone(),
            found: found.text.clone(),
        }]);
    }
    Truth::Already(format!(
        "trigger {} on {} is there",
        wanted.name, wanted.table
    ))
}

fn comment(asked: Asked<'_>, on: &Commented, text: &str) -> Truth {
    let schema = asked.schema;
    let found = match on {
        Commented::Table(name) => schema.table(name).map(|table| table.comment.clone()),
        Commented::Column(table, column) => schema
            .table(table)
            .and_then(|table| table.column(column, schema.case))
            .map(|column| column.comment.clone()),
        Commented::Index(name) => schema.index(name).map(|(_, index)| index.comment.clone()),
        Commented::View(name) => schema.view(name).map(|view| view.comment.clone()),
        Commented::Enum(name) => schema.enum_type(name).map(|found| found.comment.clone()),
    };
    match found {
        None => Truth::Impossible("what it comments on is not there".to_owned()),
        Some(found) if found.as_deref().unwrap_or_default() == text => {
            Truth::Already("the comment is there".to_owned())
        }
        Some(_) => Truth::Pending,
    }
}
