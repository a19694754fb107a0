//! Changes of rows, without the values that the rows have already.

/// What a change of a row changes: a field that is sent with its current value is not changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differences<C> {
    /// The change, without values that equal the current ones.
    pub change: C,
    /// Names of the fields that differ, as in the API.
    pub names: Vec<&'static str>,
}

impl<C> Differences<C> {
    /// Whether the row stays as it is.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

impl<C: Default> Default for Differences<C> {
    fn default() -> Self {
        Self { change: C::default(), names: Vec::new() }
    }
}
