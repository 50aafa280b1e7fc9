//! `INSERT`, `UPDATE` and `DELETE`.

use limosa_core::expr::{Expr, Relation, With};
use limosa_core::name::ObjectName;
use limosa_core::operation::{Assignment, Conflict, Delete, Insert, Operation, Source, Update};
use sqlparser::ast::{
    self, AssignmentTarget, ConflictTarget, DoUpdate, FromTable, OnConflict, OnConflictAction,
    OnInsert, SelectItem, SetExpr, TableObject, TableWithJoins, UpdateTableFromKind,
};

use super::names::Names;
use super::{Lowered, Unheld};
use crate::cursor::Cursor;
use crate::language::Language;

/// Whether a statement changes rows behind a `WITH`.
pub(super) fn is_behind_with(mut cursor: Cursor<'_>) -> bool {
    if !cursor.words("WITH") {
        return false;
    }
    let mut depth = 0_u32;
    while let Some(token) = cursor.peek() {
        match token.text {
            "(" => depth += 1,
            ")" => depth = depth.saturating_sub(1),
            word if depth == 0 => {
                let is = |own: &str| word.eq_ignore_ascii_case(own);
                if ["INSERT", "UPDATE", "DELETE"].into_iter().any(is) {
                    return true;
                }
                if ["SELECT", "VALUES", "TABLE", "MERGE"].into_iter().any(is) {
                    return false;
                }
            }
            _ => {}
        }
        cursor.next();
    }
    false
}

/// `WITH ... INSERT`, `UPDATE`, `DELETE`.
pub(super) fn behind_with(query: ast::Query, names: Names) -> Lowered<Vec<Operation>> {
    let ast::Query {
        with: Some(with),
        body,
        order_by: None,
        limit_clause: None,
        fetch: None,
        locks,
        for_clause: None,
        settings: None,
        format_clause: None,
        pipe_operators,
    } = query
    else {
        return Err(Unheld("a kind of statement"));
    };
    if !locks.is_empty() || !pipe_operators.is_empty() {
        return Err(Unheld("a kind of statement"));
    }
    let with = common(with, names)?;
    let mut operations = match *body {
        SetExpr::Insert(ast::Statement::Insert(own)) => insert(own, names)?,
        SetExpr::Update(ast::Statement::Update(own)) => update(own, names)?,
        SetExpr::Delete(ast::Statement::Delete(own)) => delete(own, names)?,
        _ => return Err(Unheld("a kind of statement")),
    };
    for operation in &mut operations {
        match operation {
            Operation::Insert(own) => own.with = with.clone(),
            Operation::Update(own) => own.with = with.clone(),
            Operation::Delete(own) => own.with = with.clone(),
            _ => {}
        }
    }
    Ok(operations)
}

/// The common table expressions. Whether their rows are stored meanwhile (`MATERIALIZED`) changes no
/// answer.
fn common(mut with: ast::With, names: Names) -> Lowered<With> {
    for cte in &mut with.cte_tables {
        cte.materialized = None;
        let changes = matches!(
            *cte.query.body,
            SetExpr::Insert(_) | SetExpr::Update(_) | SetExpr::Delete(_) | SetExpr::Merge(_)
        );
        if changes {
            return Err(Unheld("a WITH that changes rows itself"));
        }
    }
    let query = names.query(&format!("{with} SELECT 1"))?;
    Ok(With {
        items: query.with.clone(),
        recursive: query.recursive,
    })
}

pub(super) fn insert(insert: ast::Insert, names: Names) -> Lowered<Vec<Operation>> {
    if insert.or.is_some() || insert.replace_into {
        return Err(Unheld("INSERT OR ..."));
    }
    if insert.table_alias.is_some() {
        return Err(Unheld("an alias of INSERT's table"));
    }
    unread(insert.returning.as_deref())?;
    let ast::Insert {
        insert_token: _,
        optimizer_hints,
        or: None,
        ignore: false,
        into: _,
        table: TableObject::TableName(table),
        table_alias: None,
        columns,
        overwrite: false,
        source,
        assignments,
        partitioned: None,
        after_columns,
        has_table_keyword: false,
        on,
        returning: _,
        output: None,
        replace_into: false,
        priority: None,
        insert_alias: None,
        settings: None,
        format_clause: None,
        multi_table_insert_type: None,
        multi_table_into_clauses,
        multi_table_when_clauses,
        multi_table_else_clause: None,
    } = insert
    else {
        return Err(Unheld("a clause of INSERT"));
    };
    let empty = optimizer_hints.is_empty()
        && assignments.is_empty()
        && after_columns.is_empty()
        && multi_table_into_clauses.is_empty()
        && multi_table_when_clauses.is_empty();
    if !empty {
        return Err(Unheld("a clause of INSERT"));
    }
    Ok(vec![Operation::Insert(
        Insert {
            with: With::default(),
            table: names.object(&table)?,
            columns: columns
                .iter()
                .map(|column| names.single(column))
                .collect::<Lowered<_>>()?,
            source: rows(source.as_deref(), names)?,
            on_conflict: on.map(|on| conflict(on, names)).transpose()?,
        }
        .into(),
    )])
}

fn rows(source: Option<&ast::Query>, names: Names) -> Lowered<Source> {
    let Some(query) = source else {
        return Ok(Source::Defaults);
    };
    let SetExpr::Values(values) = query.body.as_ref() else {
        return Ok(Source::Query(names.query(&query.to_string())?));
    };
    // `VALUES` with an order, a limit or a WITH is a query like any other.
    if query.to_string() != values.to_string() {
        return Ok(Source::Query(names.query(&query.to_string())?));
    }
    let row = |row: &ast::Parens<Vec<ast::Expr>>| {
        row.content
            .iter()
            .map(|item| value_of_row(item, names))
            .collect()
    };
    Ok(Source::Values(values.rows.iter().map(row).collect()))
}

/// `RETURNING`: nobody reads the rows of a migration's statement, so it says nothing unless it
/// computes something.
fn unread(returning: Option<&[SelectItem]>) -> Lowered<()> {
    let is_plain = |item: &SelectItem| match item {
        SelectItem::Wildcard(_) | SelectItem::QualifiedWildcard(..) => true,
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => matches!(
            expr,
            ast::Expr::Identifier(_) | ast::Expr::CompoundIdentifier(_) | ast::Expr::Value(_)
        ),
        SelectItem::ExprWithAliases { .. } => false,
    };
    if returning.is_none_or(|items| items.iter().all(is_plain)) {
        return Ok(());
    }
    Err(Unheld("a RETURNING that computes something"))
}

/// A value where no column can be meant: there `SQLite` takes double quotes for a string's.
fn value_of_row(expr: &ast::Expr, names: Names) -> Option<Expr> {
    match expr {
        ast::Expr::Identifier(word)
            if word.quote_style == Some('"') && names.language == Language::Sqlite =>
        {
            Some(Expr::String(names.ident(word)))
        }
        expr => value(expr, names),
    }
}

/// A value; none is `DEFAULT`, which the parser takes for a column.
fn value(expr: &ast::Expr, names: Names) -> Option<Expr> {
    match expr {
        ast::Expr::Identifier(word)
            if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("default") =>
        {
            None
        }
        expr => Some(names.expr(expr)),
    }
}

fn conflict(on: OnInsert, names: Names) -> Lowered<Conflict> {
    let OnInsert::OnConflict(OnConflict {
        conflict_target,
        action,
    }) = on
    else {
        return Err(Unheld("ON DUPLICATE KEY"));
    };
    let (columns, constraint) = match conflict_target {
        None => (Vec::new(), None),
        Some(ConflictTarget::Columns(columns)) => (names.idents(&columns), None),
        Some(ConflictTarget::OnConstraint(name)) => (Vec::new(), Some(names.single(&name)?)),
    };
    let (update, filter) = match action {
        OnConflictAction::DoNothing => (Vec::new(), None),
        OnConflictAction::DoUpdate(DoUpdate {
            assignments,
            selection,
        }) => (
            self::assignments(&assignments, names)?,
            selection.map(|filter| names.expr(&filter)),
        ),
    };
    Ok(Conflict {
        columns,
        constraint,
        update: update.into(),
        filter,
    })
}

pub(super) fn update(update: ast::Update, names: Names) -> Lowered<Vec<Operation>> {
    unread(update.returning.as_deref())?;
    let ast::Update {
        update_token: _,
        optimizer_hints,
        table,
        assignments,
        from,
        selection,
        returning: _,
        output: None,
        or: None,
        order_by,
        limit: None,
    } = update
    else {
        return Err(Unheld("a clause of UPDATE"));
    };
    if !order_by.is_empty() || !optimizer_hints.is_empty() {
        return Err(Unheld("a clause of UPDATE"));
    }
    let from = match &from {
        None => &[][..],
        Some(UpdateTableFromKind::AfterSet(from)) => from,
        Some(UpdateTableFromKind::BeforeSet(_)) => return Err(Unheld("FROM before SET")),
    };
    let (table, alias) = target(&table, names)?;
    Ok(vec![Operation::Update(
        Update {
            with: With::default(),
            table,
            alias,
            set: self::assignments(&assignments, names)?.into(),
            from: names.relations(from)?.into(),
            filter: selection.map(|filter| names.expr(&filter)),
        }
        .into(),
    )])
}

pub(super) fn delete(delete: ast::Delete, names: Names) -> Lowered<Vec<Operation>> {
    unread(delete.returning.as_deref())?;
    let ast::Delete {
        delete_token: _,
        optimizer_hints,
        tables,
        from: FromTable::WithFromKeyword(from),
        using,
        selection,
        returning: _,
        output: None,
        order_by,
        limit: None,
    } = delete
    else {
        return Err(Unheld("a clause of DELETE"));
    };
    let [from] = from.as_slice() else {
        return Err(Unheld("DELETE from several tables"));
    };
    if !tables.is_empty() || !order_by.is_empty() || !optimizer_hints.is_empty() {
        return Err(Unheld("a clause of DELETE"));
    }
    let (table, alias) = target(from, names)?;
    Ok(vec![Operation::Delete(
        Delete {
            with: With::default(),
            table,
            alias,
            using: names.relations(&using.unwrap_or_default())?.into(),
            filter: selection.map(|filter| names.expr(&filter)),
        }
        .into(),
    )])
}

/// The one table that a statement changes.
fn target(table: &TableWithJoins, names: Names) -> Lowered<(ObjectName, Option<String>)> {
    match names.relations(std::slice::from_ref(table))?.pop() {
        Some(Relation::Table(name, alias)) => Ok((name, alias)),
        _ => Err(Unheld("a target that is no plain table")),
    }
}

fn assignments(given: &[ast::Assignment], names: Names) -> Lowered<Vec<Assignment>> {
    let mut all = Vec::new();
    for assignment in given {
        match &assignment.target {
            AssignmentTarget::ColumnName(column) => all.push(Assignment {
                column: names.single(column)?,
                value: value(&assignment.value, names),
            }),
            AssignmentTarget::Tuple(columns) => {
                all.extend(at_once(columns, &assignment.value, names)?);
            }
        }
    }
    Ok(all)
}

/// `SET (a, b) = (1, 2)`, one by one.
fn at_once(
    columns: &[ast::ObjectName],
    given: &ast::Expr,
    names: Names,
) -> Lowered<Vec<Assignment>> {
    let ast::Expr::Tuple(values) = given else {
        return Err(Unheld("SET of several columns at once"));
    };
    if values.len() != columns.len() {
        return Err(Unheld("SET of several columns at once"));
    }
    columns
        .iter()
        .zip(values)
        .map(|(column, given)| {
            Ok(Assignment {
                column: names.single(column)?,
                value: value(given, names),
            })
        })
        .collect()
}
