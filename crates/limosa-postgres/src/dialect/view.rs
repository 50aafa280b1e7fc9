//! Views and triggers.

use limosa_core::expr::render_query;
use limosa_core::operation::Operation;
use limosa_core::schema::{Definition, Trigger, View};

use super::{Compiled, FACTS, PostgresDialect, refuse, text};

/// An operation on a view or a trigger.
pub(super) fn compile(operation: &Operation) -> Compiled {
    match operation {
        Operation::CreateView {
            view, or_replace, ..
        } => create(view, *or_replace),
        Operation::DropView {
            name,
            materialized,
            cascade,
            ..
        } => {
            let (kind, name) = (kind(*materialized), text::object(name)?);
            Ok(vec![format!(
                "DROP {kind} {name}{}",
                text::cascade(*cascade)
            )])
        }
        Operation::CreateTrigger { trigger, .. } => Ok(vec![statement(trigger)?]),
        Operation::DropTrigger {
            name,
            table: Some(table),
            ..
        } => {
            let (name, table) = (text::name(name)?, text::object(table)?);
            Ok(vec![format!("DROP TRIGGER {name} ON {table}")])
        }
        Operation::DropTrigger { name, .. } => Err(refuse(
            format!("drop the trigger {name:?}"),
            "a trigger's name is its table's; the statement must name the table",
        )),
        _ => Ok(Vec::new()),
    }
}

fn create(view: &View, or_replace: bool) -> Compiled {
    let name = text::object(&view.name)?;
    let replace = if or_replace && !view.materialized {
        " OR REPLACE"
    } else {
        ""
    };
    let columns = match view.columns.as_slice() {
        [] => String::new(),
        columns => format!(" ({})", text::names(columns)?),
    };
    let kind = kind(view.materialized);
    let query = query(view)?;
    let mut all = vec![format!("CREATE{replace} {kind} {name}{columns} AS {query}")];
    if let Some(comment) = &view.comment {
        let comment = text::string(comment)?;
        all.push(format!("COMMENT ON {kind} {name} IS {comment}"));
    }
    Ok(all)
}

fn query(view: &View) -> Compiled<String> {
    match &view.query {
        Definition::Query(query) => render_query(query, &PostgresDialect),
        Definition::Verbatim { dialect, text } if dialect == FACTS.id => Ok(text.clone()),
        Definition::Verbatim { dialect, .. } => Err(refuse(
            format!("create the view {}", view.name),
            format!("its query could not be read and is written for {dialect}"),
        )),
    }
}

fn statement(trigger: &Trigger) -> Compiled<String> {
    if trigger.dialect == FACTS.id {
        return Ok(trigger.text.clone());
    }
    Err(refuse(
        format!("create the trigger {:?}", trigger.name),
        format!(
            "its body is written for {}; triggers here call a function",
            trigger.dialect
        ),
    ))
}

fn kind(materialized: bool) -> &'static str {
    if materialized {
        "MATERIALIZED VIEW"
    } else {
        "VIEW"
    }
}
