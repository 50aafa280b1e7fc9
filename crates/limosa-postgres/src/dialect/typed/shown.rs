//! Constants as the catalog shows them: each was read by the type of what it stands beside.

use limosa_core::datatype::DataType;
use limosa_core::expr::{Expr, Part};
use limosa_core::schema::{Constraint, Table, Visible};

use super::super::default;
use super::{one, truths};

/// A table with the constants of its expressions in the form that the catalog shows: it reads each by
/// the type of what it stands beside. Of a table in its normal form.
pub(in super::super) fn shown(of: &Table) -> Table {
    let visible = one(of);
    let mut own = of.clone();
    for column in &mut own.columns {
        if let Some(generated) = &mut column.generated {
            read(&mut generated.expr, &visible);
        }
    }
    for constraint in &mut own.constraints {
        if let Constraint::Check(check) = constraint {
            read(&mut check.expr, &visible);
        }
    }
    for index in &mut own.indexes {
        let keys = index.keys.iter_mut().map(|key| &mut key.expr);
        keys.chain(&mut index.predicate)
            .for_each(|expr| read(expr, &visible));
    }
    own
}

fn read(expr: &mut Expr, visible: &Visible<'_>) {
    truths(expr, visible);
    match expr {
        Expr::Binary(left, _, right) => {
            beside(right, left, visible);
            beside(left, right, visible);
        }
        Expr::In(inner, items, _) => {
            for item in items {
                beside(item, inner, visible);
            }
        }
        Expr::Call(call) if call.name == "coalesce" => {
            if let Some(own) = call.args.iter().find_map(|arg| type_of(arg, visible)) {
                for arg in &mut call.args {
                    *arg = default::literal(arg, &own);
                }
            }
        }
        _ => {}
    }
    expr.parts(&mut |part| {
        if let Part::Expr(inner) = part {
            read(inner, visible);
        }
    });
}

fn beside(item: &mut Expr, value: &Expr, visible: &Visible<'_>) {
    let is_constant = matches!(item, Expr::String(_) | Expr::Number(_));
    if let Some(own) = type_of(value, visible).filter(|_| is_constant) {
        *item = default::literal(item, &own);
    }
}

/// The type, where a constant beside the expression takes it.
fn type_of(expr: &Expr, visible: &Visible<'_>) -> Option<DataType> {
    match expr {
        Expr::Column(path) => visible.column(path).cloned(),
        Expr::Cast(_, to) => Some(to.clone()),
        Expr::Binary(left, operator, right)
            if matches!(operator.as_str(), "+" | "-" | "*" | "/") =>
        {
            let sides = [type_of(left, visible), type_of(right, visible)];
            sides.into_iter().flatten().find(DataType::is_number)
        }
        _ => None,
    }
}
