//! The spelling of calls.

use super::{Render, Writer};
use crate::dialect::Unsupported;
use crate::expr::Call;

/// Values that the standard spells without parentheses.
pub(in crate::expr) const BARE: [&str; 8] = [
    "current_catalog",
    "current_role",
    "current_schema",
    "current_user",
    "localtime",
    "localtimestamp",
    "session_user",
    "user",
];

/// A call as the standard spells it. Arguments are rendered already.
pub fn standard_call(name: &str, args: &[String], dialect: &dyn Render) -> String {
    match (name, args) {
        ("extract", [field, from]) => format!("EXTRACT({field} FROM {from})"),
        ("position", [part, whole]) => format!("POSITION({part} IN {whole})"),
        ("overlay", [whole, part, from]) => format!("OVERLAY({whole} PLACING {part} FROM {from})"),
        ("overlay", [whole, part, from, length]) => {
            format!("OVERLAY({whole} PLACING {part} FROM {from} FOR {length})")
        }
        (name, []) if BARE.contains(&name) => name.to_ascii_uppercase(),
        _ => format!("{}({})", spelled(name, dialect), args.join(", ")),
    }
}

/// A function's name, quoted where it has to be.
fn spelled(name: &str, dialect: &dyn Render) -> String {
    let parts: Vec<_> = name
        .split('.')
        .map(|part| {
            if is_plain(part) {
                part.to_owned()
            } else {
                dialect.identifier(part)
            }
        })
        .collect();
    parts.join(".")
}

fn is_plain(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && !name.as_bytes()[0].is_ascii_digit() && name.bytes().all(inner)
}

impl Writer<'_> {
    pub(super) fn call(&self, call: &Call) -> Result<String, Unsupported> {
        let mut args = match call.name.as_str() {
            // `POSITION(a IN b)` would be read as the predicate.
            "position" => call
                .args
                .iter()
                .map(|arg| self.term(arg))
                .collect::<Result<_, _>>()?,
            _ => self.each(&call.args)?,
        };
        if let (true, Some(first)) = (call.distinct, args.first_mut()) {
            *first = format!("DISTINCT {first}");
        }
        let text = self.0.call(&call.name, &args)?;
        Ok(match &call.filter {
            Some(filter) => format!("{text} FILTER (WHERE {})", self.expr(filter)?),
            None => text,
        })
    }
}
