//! Changes of rows, without the values that the rows have already.

/// A change of a row, reduced to the fields that differ from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differences<C> {
    /// The change, without values that equal the current ones.
    pub change: C,
    /// Names of the fields that differ, as in the API.
    pub names: Vec<&'static str>,
}

impl<C> Differences<C> {
    /// Whether no field differs.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl<C: Default> Default for Differences<C> {
    fn default() -> Self {
        Self { change: C::default(), names: Vec::new() }
    }
}
