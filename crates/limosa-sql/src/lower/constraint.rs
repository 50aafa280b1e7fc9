//! Constraints, of tables and of columns.

use limosa_core::schema::{Action, Check, Constraint, Deferrable, ForeignKey, Key, OnConflict};
use sqlparser::ast::{
    CheckConstraint, ConstraintCharacteristics, ConstraintReferenceMatchKind, DeferrableInitial,
    Expr, ForeignKeyConstraint, IndexColumn, KeyOrIndexDisplay, NullsDistinctOption, OrderByExpr,
    OrderByOptions, PrimaryKeyConstraint, ReferentialAction, TableConstraint, UniqueConstraint,
};

use super::names::Names;
use super::{Lowered, Unheld};

/// A constraint that stands on its own.
pub(super) fn lower(constraint: &TableConstraint, names: Names) -> Lowered<Constraint> {
    match constraint {
        TableConstraint::PrimaryKey(key) => primary(key, names),
        TableConstraint::Unique(key) => unique(key, names),
        TableConstraint::ForeignKey(key) => foreign(key, names),
        TableConstraint::Check(key) => check(key, names),
        TableConstraint::Index(_)
        | TableConstraint::FulltextOrSpatial(_)
        | TableConstraint::PrimaryKeyUsingIndex(_)
        | TableConstraint::UniqueUsingIndex(_)
        | TableConstraint::Exclude(_) => Err(Unheld("a kind of constraint")),
    }
}

pub(super) fn primary(constraint: &PrimaryKeyConstraint, names: Names) -> Lowered<Constraint> {
    let PrimaryKeyConstraint {
        name,
        index_name: None,
        index_type: None,
        columns,
        include,
        index_options,
        characteristics,
    } = constraint
    else {
        return Err(Unheld("an option of a primary key"));
    };
    if !index_options.is_empty() {
        return Err(Unheld("an option of a primary key"));
    }
    Ok(Constraint::PrimaryKey(Key {
        name: name.as_ref().map(|name| names.ident(name)),
        columns: key_columns(columns, names)?,
        include: names.idents(include),
        nulls_not_distinct: false,
        deferrable: deferrable(characteristics.as_ref())?,
        on_conflict: OnConflict::Abort,
    }))
}

pub(super) fn unique(constraint: &UniqueConstraint, names: Names) -> Lowered<Constraint> {
    let UniqueConstraint {
        name,
        index_name: None,
        index_type_display: KeyOrIndexDisplay::None,
        index_type: None,
        columns,
        include,
        index_options,
        characteristics,
        nulls_distinct,
    } = constraint
    else {
        return Err(Unheld("an option of a unique key"));
    };
    if !index_options.is_empty() {
        return Err(Unheld("an option of a unique key"));
    }
    Ok(Constraint::Unique(Key {
        name: name.as_ref().map(|name| names.ident(name)),
        columns: key_columns(columns, names)?,
        include: names.idents(include),
        nulls_not_distinct: matches!(nulls_distinct, NullsDistinctOption::NotDistinct),
        deferrable: deferrable(characteristics.as_ref())?,
        on_conflict: OnConflict::Abort,
    }))
}

pub(super) fn foreign(constraint: &ForeignKeyConstraint, names: Names) -> Lowered<Constraint> {
    let ForeignKeyConstraint {
        name,
        index_name: None,
        columns,
        foreign_table,
        referred_columns,
        on_delete,
        on_update,
        match_kind,
        characteristics,
    } = constraint
    else {
        return Err(Unheld("an option of a foreign key"));
    };
    Ok(Constraint::ForeignKey(ForeignKey {
        name: name.as_ref().map(|name| names.ident(name)),
        columns: names.idents(columns),
        table: names.object(foreign_table)?,
        references: names.idents(referred_columns),
        on_delete: action(on_delete.as_ref()),
        on_update: action(on_update.as_ref()),
        match_full: match match_kind {
            Some(ConstraintReferenceMatchKind::Full) => true,
            Some(ConstraintReferenceMatchKind::Partial) => return Err(Unheld("MATCH PARTIAL")),
            Some(ConstraintReferenceMatchKind::Simple) | None => false,
        },
        deferrable: deferrable(characteristics.as_ref())?,
        validated: true,
    }))
}

pub(super) fn check(constraint: &CheckConstraint, names: Names) -> Lowered<Constraint> {
    let CheckConstraint {
        name,
        expr,
        no_inherit: false,
        enforced: None,
    } = constraint
    else {
        return Err(Unheld("an option of a check"));
    };
    Ok(Constraint::Check(Check {
        name: name.as_ref().map(|name| names.ident(name)),
        expr: names.expr(expr),
        validated: true,
    }))
}

pub(super) fn deferrable(given: Option<&ConstraintCharacteristics>) -> Lowered<Deferrable> {
    let Some(ConstraintCharacteristics {
        deferrable,
        initially,
        enforced,
    }) = given
    else {
        return Ok(Deferrable::No);
    };
    if enforced.is_some() {
        return Err(Unheld("ENFORCED"));
    }
    // INITIALLY DEFERRED implies DEFERRABLE (PostgreSQL, "CREATE TABLE").
    Ok(match (deferrable, initially) {
        (_, Some(DeferrableInitial::Deferred)) => Deferrable::InitiallyDeferred,
        (Some(true), _) => Deferrable::InitiallyImmediate,
        _ => Deferrable::No,
    })
}

fn action(given: Option<&ReferentialAction>) -> Action {
    match given {
        None | Some(ReferentialAction::NoAction) => Action::NoAction,
        Some(ReferentialAction::Restrict) => Action::Restrict,
        Some(ReferentialAction::Cascade) => Action::Cascade,
        Some(ReferentialAction::SetNull) => Action::SetNull,
        Some(ReferentialAction::SetDefault) => Action::SetDefault,
    }
}

/// Keys name plain columns; an order or a collation has no place in the model.
fn key_columns(columns: &[IndexColumn], names: Names) -> Lowered<Vec<String>> {
    let plain = |column: &IndexColumn| match column {
        IndexColumn {
            column:
                OrderByExpr {
                    expr: Expr::Identifier(ident),
                    options:
                        OrderByOptions {
                            sort: None,
                            nulls_first: None,
                        },
                    with_fill: None,
                },
            operator_class: None,
        } => Ok(names.ident(ident)),
        _ => Err(Unheld("a key that is no plain column")),
    };
    columns.iter().map(plain).collect()
}
