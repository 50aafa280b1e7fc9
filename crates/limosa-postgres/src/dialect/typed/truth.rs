//! Truth values: `SQLite` has numbers for them.

use limosa_core::datatype::DataType;
use limosa_core::expr::Expr;
use limosa_core::schema::Visible;

/// Constants beside booleans.
pub(super) fn truths(expr: &mut Expr, visible: &Visible<'_>) {
    let is_boolean = |expr: &Expr| is_boolean(expr, visible);
    match expr {
        Expr::Binary(left, _, right) if is_boolean(left) => truth(right),
        Expr::Binary(left, _, right) if is_boolean(right) => truth(left),
        Expr::In(inner, items, _) if is_boolean(inner) => items.iter_mut().for_each(truth),
        Expr::Case(Some(operand), branches, _) if is_boolean(operand) => {
            for (when, _) in branches {
                truth(when);
            }
        }
        Expr::Call(call) if is_choice(&call.name) && call.args.iter().any(is_boolean) => {
            call.args.iter_mut().for_each(truth);
        }
        _ => {}
    }
}

fn is_boolean(expr: &Expr, visible: &Visible<'_>) -> bool {
    match expr {
        Expr::Column(path) => visible.column(path) == Some(&DataType::Boolean),
        Expr::Call(call) => {
            is_choice(&call.name) && call.args.iter().any(|one| is_boolean(one, visible))
        }
        Expr::Unary(operator, _) => operator == "NOT",
        Expr::Binary(_, operator, _) => {
            ["=", "==", "<>", "!=", "<", "<=", ">", ">=", "AND", "OR"].contains(&operator.as_str())
        }
        Expr::Bool(_)
        | Expr::Is(..)
        | Expr::In(..)
        | Expr::InQuery(..)
        | Expr::Between(..)
        | Expr::Exists(_) => true,
        _ => false,
    }
}

fn is_choice(function: &str) -> bool {
    matches!(function, "coalesce" | "ifnull" | "nullif")
}

fn truth(expr: &mut Expr) {
    if let Expr::Number(digit) = expr
        && (digit == "0" || digit == "1")
    {
        *expr = Expr::Bool(digit == "1");
    }
}
