//! Which indexes a query would use.

/// How a line of a plan begins that names an index (`EXPLAIN`, text format).
const SCANS: [&str; 5] = [
    "Index Scan using ",
    "Index Scan Backward using ",
    "Index Only Scan using ",
    "Index Only Scan Backward using ",
    "Bitmap Index Scan on ",
];

/// The indexes named in a plan, each once, in order.
pub(crate) fn indexes<'a>(plan: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for name in plan.into_iter().filter_map(index) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

fn index(line: &str) -> Option<String> {
    let node = line.trim_start().trim_start_matches("->").trim_start();
    let node = node.strip_prefix("Parallel ").unwrap_or(node);
    let rest = SCANS.iter().find_map(|scan| node.strip_prefix(scan))?;
    Some(identifier(rest))
}

/// The identifier at the front, unquoted.
fn identifier(text: &str) -> String {
    let Some(quoted) = text.strip_prefix('"') else {
        return text.split(' ').next().unwrap_or_default().to_owned();
    };
    let mut name = String::new();
    let mut rest = quoted.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' if rest.peek() == Some(&'"') => {
                rest.next();
                name.push('"');
            }
            '"' => break,
            c => name.push(c),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(plan: &str, expected: &[&str]) {
        assert_eq!(indexes(plan.lines()), expected);
    }

    #[test]
    fn reads_plans() {
        check("Seq Scan on t  (cost=0.00..1.00)", &[]);
        check(
            "Index Scan using t_a_idx on t  (cost=0.15..8.17)",
            &["t_a_idx"],
        );
        check(
            "Limit\n  ->  Index Only Scan Backward using \"My \"\"idx\" on t\n        Filter: (a = 'Index Scan using b'::text)",
            &["My \"idx"],
        );
        check(
            "Bitmap Heap Scan on t\n  ->  Bitmap Index Scan on a\n  ->  Bitmap Index Scan on a",
            &["a"],
        );
    }
}
