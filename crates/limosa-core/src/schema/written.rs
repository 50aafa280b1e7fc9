//! The statement that a catalog keeps for an object.

/// The words in which an object was made, where the database keeps them and they still are its definition.
///
/// They say what the model has no place for. They take no part in comparisons: two tables are the
/// same in whatever words they were made.
#[derive(Clone, Debug, Default)]
pub struct Written(pub Option<String>);

impl Written {
    /// The words.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl PartialEq for Written {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Written {}
