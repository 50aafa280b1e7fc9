//! The words of a text that the model does not understand.

/// The words of a text in lower case, those of quoted bodies among them.
pub(crate) fn words(text: &str) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let words = text.split(move |c| !is_part(c));
    words.map(str::to_lowercase)
}
