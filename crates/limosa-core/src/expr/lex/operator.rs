//! Where an operator ends.

use super::Lexicon;

/// The operators of `SQLite` that are longer than one character, longest first.
const SQLITE: [&[u8]; 9] = [
    b"->>", b"->", b"||", b"<=", b">=", b"<>", b"!=", b"==", b"<<",
];

/// The length in bytes of the operator or punctuation that a text starts with.
pub(super) fn length(bytes: &[u8], lexicon: &Lexicon) -> usize {
    if lexicon.double_colon {
        postgres(bytes)
    } else if bytes.starts_with(b">>") {
        2
    } else {
        let found = SQLITE.iter().find(|operator| bytes.starts_with(operator));
        found.map_or(1, |operator| operator.len())
    }
}

fn postgres(bytes: &[u8]) -> usize {
    let whole = [b"::", b":=", b".."];
    if whole.iter().any(|pair| bytes.starts_with(*pair)) {
        return 2;
    }
    let run = bytes.iter().take_while(|byte| is_part(**byte)).count();
    let cut = (1..run)
        .find(|at| bytes[*at..].starts_with(b"--") || bytes[*at..].starts_with(b"/*"))
        .unwrap_or(run);
    trim_sign(&bytes[..cut]).max(1)
}

/// An operator ends in `+` or `-` only if it holds one of the characters that SQL itself does not
/// use (manual, 4.1.3).
fn trim_sign(operator: &[u8]) -> usize {
    if operator.iter().any(|byte| b"~!@#%^&|`?".contains(byte)) {
        return operator.len();
    }
    let signs = operator
        .iter()
        .rev()
        .take_while(|byte| b"+-".contains(byte));
    operator.len() - signs.count()
}

fn is_part(byte: u8) -> bool {
    b"+-*/<>=~!@#%^&|`?".contains(&byte)
}
