//! `LIKE` with a plain pattern as `GLOB`, which minds case as Postgres' `LIKE` does.

use limosa_core::expr::Expr;

/// An infix operation on translated operands.
pub(super) fn binary(left: Expr, operator: &str, right: Expr) -> Expr {
    let own = match operator {
        "LIKE" => "GLOB",
        "NOT LIKE" => "NOT GLOB",
        _ => return Expr::binary(left, operator, right),
    };
    let pattern = match &right {
        Expr::String(pattern) => glob(pattern),
        _ => None,
    };
    match pattern {
        Some(pattern) => Expr::binary(left, own, Expr::String(pattern)),
        None => Expr::binary(left, operator, right),
    }
}

/// The pattern of `GLOB`; none for one that ends in an escape, which Postgres refuses.
fn glob(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        match c {
            '%' => out.push('*'),
            '_' => out.push('?'),
            '\\' => literal(chars.next()?, &mut out),
            c => literal(c, &mut out),
        }
    }
    Some(out)
}

fn literal(c: char, out: &mut String) {
    match c {
        '*' | '?' | '[' => out.extend(['[', c, ']']),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_a_pattern_matches() {
        assert_eq!(glob("a%_b").as_deref(), Some("a*?b"));
        assert_eq!(glob("[*?]").as_deref(), Some("[[][*][?]]"));
        assert_eq!(glob(r"100\%\*\\").as_deref(), Some(r"100%[*]\"));
        assert_eq!(glob(r"100\"), None);
    }
}
