//! The lines in which two texts differ.

/// Lines that are shown at most.
const MOST: usize = 24;

/// So many pairs of lines are compared at most; beyond that, everything between the lines that both
/// begin and end with counts as changed.
const PAIRS: usize = 1_000_000;

/// The lines that are only in one of the texts: `-` before, `+` after.
pub(crate) fn difference(before: &str, after: &str) -> String {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let head = before.iter().zip(&after).take_while(same).count();
    let (before, after) = (&before[head..], &after[head..]);
    let (backwards, forwards) = (before.iter().rev(), after.iter().rev());
    let tail = backwards.zip(forwards).take_while(same).count();
    let (before, after) = (&before[..before.len() - tail], &after[..after.len() - tail]);
    let mut lines = if before.len() * after.len() <= PAIRS {
        walk(before, after)
    } else {
        let all = |sign: char, lines: &[&str]| -> Vec<String> {
            lines.iter().map(|line| format!("{sign} {line}")).collect()
        };
        [all('-', before), all('+', after)].concat()
    };
    if lines.len() > MOST {
        let more = lines.len() - MOST;
        lines.truncate(MOST);
        lines.push(format!("... and {more} more lines"));
    }
    lines.join("\n")
}

/// What is not in a longest common subsequence.
fn walk(before: &[&str], after: &[&str]) -> Vec<String> {
    let common = common(before, after);
    let (mut a, mut b, mut lines) = (0, 0, Vec::new());
    while a < before.len() || b < after.len() {
        if a < before.len() && b < after.len() && before[a] == after[b] {
            (a, b) = (a + 1, b + 1);
        } else if b == after.len() || (a < before.len() && common[a + 1][b] >= common[a][b + 1]) {
            lines.push(format!("- {}", before[a]));
            a += 1;
        } else {
            lines.push(format!("+ {}", after[b]));
            b += 1;
        }
    }
    lines
}

/// How many lines the rests behind two places have in common, in order.
fn common(before: &[&str], after: &[&str]) -> Vec<Vec<u32>> {
    let mut common = vec![vec![0; after.len() + 1]; before.len() + 1];
    for a in (0..before.len()).rev() {
        for b in (0..after.len()).rev() {
            common[a][b] = if before[a] == after[b] {
                common[a + 1][b + 1] + 1
            } else {
                common[a + 1][b].max(common[a][b + 1])
            };
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(before: &str, after: &str, expected: &str) {
        assert_eq!(difference(before, after), expected);
    }

    #[test]
    fn shows_what_changed() {
        check("a\nb\nc", "a\nx\nc", "- b\n+ x");
        check("a\nb", "a\nb\nc", "+ c");
        check("a\na", "a", "- a");
        check("a", "a", "");
        check("a\nb\nc\nd\ne", "a\nB\nc\nD\ne", "- b\n+ B\n- d\n+ D");
        check("a\nb\nc", "", "- a\n- b\n- c");
    }

    #[test]
    fn long_ones_are_cut() {
        let all = |sign| -> Vec<String> { (0..2000).map(|n| format!("{sign}{n}")).collect() };
        let shown = difference(&all('a').join("\n"), &all('b').join("\n"));
        assert_eq!(shown.lines().count(), MOST + 1);
        assert!(shown.ends_with("... and 3976 more lines"), "{shown}");
    }
}
