//! Values by their types: what Postgres does in silence because it knows the types, said aloud.
//!
//! A constant is read by the type of what it stands beside, a value is converted to the column that
//! it goes to, and an operator means what its operands' types make of it. This database has none of
//! that, so it is written out before an expression is put into its words. What it could not do is
//! refused; a type that is not known is left alone.

mod convert;
mod infer;
mod query;
mod scope;
mod table;

use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::{Call, Expr, Part};
use limosa_core::shared::Shared;

use super::{constant, unsupported};
use infer::type_of;

pub(super) use query::{common, query, relations};
pub(super) use scope::Scope;
pub(super) use table::{changed, expressions, index, shown, shown_index, written};

type Typed<T> = Result<T, Unsupported>;

/// A value for a column of this type; none if the column is not known.
pub(super) fn value(expr: &Expr, to: Option<&DataType>, scope: &Scope<'_>) -> Typed<Expr> {
    let from = type_of(expr, scope);
    let mut own = match to {
        Some(to) if !is_held(expr, to, scope) => constant::of(expr, to)?,
        _ => expr.clone(),
    };
    // What the clock says is asked for in the form of the type.
    let is_clock = matches!(expr, Expr::Now | Expr::Today) && own != *expr;
    let held = is_clock || (to.is_some() && constant::is_constant(&own));
    if !held {
        pass(&mut own, scope)?;
    }
    match (from, to) {
        (Some(from), Some(to)) if !held => convert::assign(own, &from, to),
        _ => Ok(own),
    }
}

/// A condition, or any other expression that goes nowhere.
pub(super) fn condition(expr: &Expr, scope: &Scope<'_>) -> Typed<Expr> {
    let mut own = expr.clone();
    pass(&mut own, scope)?;
    Ok(own)
}

/// Writes an expression out, from the top down: below a rewritten part the types are others.
fn pass(expr: &mut Expr, scope: &Scope<'_>) -> Typed<()> {
    let is_done = |expr: &Expr| {
        is_text_of_member(expr) || convert::is_checked(expr) || convert::is_to_even(expr)
    };
    if scope.stands() && is_done(expr) {
        return Ok(());
    }
    if let Expr::InQuery(inner, of, _) = expr {
        let to = type_of(inner, scope);
        **of = query(of, &[to.as_ref()], scope)?;
        return pass(inner, scope);
    }
    if let Some(done) = rewrite(expr, scope)? {
        *expr = done;
        return Ok(());
    }
    parts(expr, scope)
}

fn parts(expr: &mut Expr, scope: &Scope<'_>) -> Typed<()> {
    let mut outcome = Ok(());
    expr.parts(&mut |part| {
        if outcome.is_ok() {
            outcome = match part {
                Part::Expr(inner) => pass(inner, scope),
                Part::Query(inner) => query(inner, &[], scope).map(|own| *inner = own),
                Part::Table(..) => Ok(()),
            };
        }
    });
    outcome
}

/// The whole of an expression if it has to be another one; constants in its parts are put into the
/// form of their neighbours' type.
fn rewrite(expr: &mut Expr, scope: &Scope<'_>) -> Typed<Option<Expr>> {
    match expr {
        Expr::Binary(left, operator, right) => match operator.as_str() {
            "="
            | "<>"
            | "!="
            | "<"
            | "<="
            | ">"
            | ">="
            | "IS DISTINCT FROM"
            | "IS NOT DISTINCT FROM" => compare(left, right, scope)?,
            "||" => {
                joined(left, scope)?;
                joined(right, scope)?;
            }
            "+" | "-" | "*" | "/" | "%" => return calculate(left, operator, right, scope),
            "->>" => return key(right).and_then(|()| text_of_member(left, right, scope).map(Some)),
            "->" => key(right)?,
            _ => {}
        },
        Expr::In(inner, items, _) => {
            for item in items {
                beside(item, inner, scope)?;
            }
        }
        Expr::Between(inner, low, high, _) => {
            beside(low, inner, scope)?;
            beside(high, inner, scope)?;
        }
        Expr::Quantified(inner, _, _, of) => {
            if let Some(mut items) = listed(of) {
                for item in &mut items {
                    beside(item, inner, scope)?;
                }
                **of = Expr::Array(items.into());
            }
        }
        Expr::Case(Some(operand), branches, _) => {
            for (when, _) in branches {
                beside(when, operand, scope)?;
            }
        }
        Expr::Call(call) if is_round_of_float(call, scope) => {
            let mut own = call.args[0].clone();
            pass(&mut own, scope)?;
            return Ok(Some(convert::to_even(own)));
        }
        Expr::Call(call) => arguments(call, scope)?,
        Expr::Cast(inner, to) => return cast(inner, to, scope).map(Some),
        _ => {}
    }
    Ok(None)
}

/// The items of an array that is written out.
fn listed(array: &Expr) -> Option<Vec<Expr>> {
    match array {
        Expr::Array(items) => Some(items.to_vec()),
        Expr::Cast(inner, DataType::Array(item)) => match &**inner {
            Expr::Array(items) => Some(items.to_vec()),
            Expr::String(text) => constant::elements(text, item),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a constant is in its type's form already, and is no constant of Postgres': an array as the
/// catalog shows it.
fn is_held(item: &Expr, to: &DataType, scope: &Scope<'_>) -> bool {
    scope.stands()
        && matches!((item, to), (Expr::String(text), DataType::Array(_)) if constant::is_list(text))
}

/// A constant beside a value of a type.
fn beside(item: &mut Expr, value: &Expr, scope: &Scope<'_>) -> Typed<()> {
    if constant::is_constant(item)
        && let Some(own) = type_of(value, scope)
        && !is_held(item, &own, scope)
    {
        *item = constant::beside(item, &own)?;
    }
    Ok(())
}

fn compare(left: &mut Expr, right: &mut Expr, scope: &Scope<'_>) -> Typed<()> {
    match (constant::is_constant(left), constant::is_constant(right)) {
        (false, true) => return beside(right, left, scope),
        (true, false) => return beside(left, right, scope),
        _ => {}
    }
    // The texts of a day and of a moment of that day are not equal at midnight.
    let types = (type_of(left, scope), type_of(right, scope));
    let (day, moment) = match types {
        (Some(DataType::Date), Some(DataType::Timestamp { .. })) => (left, types.1),
        (Some(DataType::Timestamp { .. }), Some(DataType::Date)) => (right, types.0),
        _ => return Ok(()),
    };
    if let Some(moment) = moment {
        *day = convert::assign(day.clone(), &DataType::Date, &moment)?;
    }
    Ok(())
}

/// An operand of `||`, which joins texts alone here.
fn joined(operand: &mut Expr, scope: &Scope<'_>) -> Typed<()> {
    match type_of(operand, scope) {
        Some(own @ (DataType::Json | DataType::Jsonb | DataType::Array(_) | DataType::Bytes)) => {
            Err(unsupported(
                format!("use || on {}", super::translate::type_for_people(&own)),
                "its || joins texts",
            ))
        }
        Some(own) => {
            let value = operand.clone();
            *operand = convert::shown(value, &own)?;
            Ok(())
        }
        None => Ok(()),
    }
}

fn calculate(
    left: &mut Expr,
    operator: &str,
    right: &mut Expr,
    scope: &Scope<'_>,
) -> Typed<Option<Expr>> {
    if let (Expr::Now, Expr::Cast(span, DataType::Interval)) = (&*left, &*right)
        && let Some(moment) = convert::from_now(operator, span)
    {
        return Ok(Some(moment));
    }
    let types = [type_of(left, scope), type_of(right, scope)];
    if let Some(own) = types.iter().flatten().find(|own| !own.is_number()) {
        return Err(unsupported(
            format!(
                "calculate with {} ({operator})",
                super::translate::type_for_people(own)
            ),
            "it would take the value's text for a number",
        ));
    }
    let is_decimal = |own: &Option<DataType>| matches!(own, Some(DataType::Numeric(_)));
    if operator == "%" && types.iter().any(is_decimal) {
        return Err(unsupported(
            "take a remainder (%) of a numeric",
            "it would cut off what stands behind the point first",
        ));
    }
    let is_done = matches!(
        left,
        Expr::Number(_) | Expr::Cast(_, DataType::Double | DataType::Real)
    );
    if operator == "/" && types.iter().any(is_decimal) && !is_done {
        // A numeric without a fraction is an integer here, and integers divide without a remainder.
        pass(left, scope)?;
        pass(right, scope)?;
        let left = Expr::Cast(Shared::new(left.clone()), DataType::Double);
        let right = match right {
            Expr::Number(digits) => Expr::Number(digits.trim_end_matches(".0").to_owned()),
            other => other.clone(),
        };
        return Ok(Some(Expr::binary(left, operator, right)));
    }
    Ok(None)
}

/// A key of `->`: what looks like a path, or counts from the end, means something else here.
fn key(of: &Expr) -> Typed<()> {
    let fits = match of {
        Expr::String(name) => !name.starts_with(['$', '[']) && !name.contains(['"', '\\']),
        Expr::Number(digits) => digits.parse::<u32>().is_ok(),
        Expr::Cast(inner, DataType::Text) => return key(inner),
        _ => false,
    };
    if fits {
        return Ok(());
    }
    Err(unsupported(
        "take a member of JSON by this key",
        "only plain names and numbers from 0 mean the same",
    ))
}

/// `->>` gives a text there; here a number, a 0 or a 1 for what is no string.
fn text_of_member(json: &Expr, key: &Expr, scope: &Scope<'_>) -> Typed<Expr> {
    let mut json = json.clone();
    pass(&mut json, scope)?;
    let member = Expr::binary(json.clone(), "->", key.clone());
    let kind = Expr::call("json_type", vec![member.clone()]);
    let text = Expr::binary(json, "->>", key.clone());
    Ok(Expr::Case(
        Some(Shared::new(kind)),
        vec![
            (Expr::String("text".into()), text),
            (Expr::String("null".into()), Expr::Null),
        ]
        .into(),
        Some(Shared::new(member)),
    ))
}

/// Whether an expression is what `->>` has become.
fn is_text_of_member(expr: &Expr) -> bool {
    let Expr::Case(Some(kind), branches, Some(last)) = expr else {
        return false;
    };
    let Expr::Call(call) = &**kind else {
        return false;
    };
    call.name == "json_type"
        && call.args.first() == Some(last)
        && matches!(branches.first(), Some((Expr::String(text), _)) if text == "text")
}

fn is_round_of_float(call: &Call, scope: &Scope<'_>) -> bool {
    let [only] = call.args.as_slice() else {
        return false;
    };
    call.name.trim_start_matches("pg_catalog.") == "round"
        && matches!(
            type_of(only, scope),
            Some(DataType::Double | DataType::Real)
        )
}

fn arguments(call: &mut Call, scope: &Scope<'_>) -> Typed<()> {
    let name = call.name.trim_start_matches("pg_catalog.").to_owned();
    match name.as_str() {
        "coalesce" | "nullif" => {
            let own = call.args.iter().find_map(|arg| type_of(arg, scope));
            if let Some(own) = own {
                for arg in call
                    .args
                    .iter_mut()
                    .filter(|arg| constant::is_constant(arg))
                {
                    *arg = constant::beside(arg, &own)?;
                }
            }
        }
        "concat" | "concat_ws" => {
            for arg in &mut call.args {
                if type_of(arg, scope) == Some(DataType::Boolean) {
                    return Err(unsupported(
                        format!("call {name} with a boolean"),
                        "it has 0 and 1 for booleans, and PostgreSQL would write t and f",
                    ));
                }
                joined(arg, scope)?;
            }
        }
        "substr" | "substring" => {
            let from_outside = call.args.get(1).is_some_and(|start| {
                matches!(start, Expr::Number(digits) if !digits.parse::<u32>().is_ok_and(|at| at > 0))
                    || matches!(start, Expr::Unary(..))
            });
            if from_outside {
                return Err(unsupported(
                    format!("call {name} from before the first character"),
                    "it counts negative places from the end",
                ));
            }
        }
        "string_agg" if call.distinct => {
            return Err(unsupported(
                "join distinct texts (string_agg DISTINCT)",
                "its DISTINCT takes no separator",
            ));
        }
        _ => {}
    }
    Ok(())
}

fn cast(inner: &Expr, to: &DataType, scope: &Scope<'_>) -> Typed<Expr> {
    if constant::is_constant(inner) {
        return constant::operand(inner, to);
    }
    let from = type_of(inner, scope);
    let mut own = inner.clone();
    pass(&mut own, scope)?;
    convert::cast(own, from.as_ref(), to)
}
