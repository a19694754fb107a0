//! Why there is no result.

use std::fmt::Display;

/// A message for the operator of the benchmark.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

impl Failure {
    pub(crate) fn new(text: impl Display) -> Self {
        Self(text.to_string())
    }
}

/// Says what was being done when something failed.
pub(crate) trait Doing<T> {
    /// Puts what was being done before the reason.
    fn doing(self, what: impl Display) -> Result<T, Failure>;
}

impl<T, E: std::error::Error> Doing<T> for Result<T, E> {
    fn doing(self, what: impl Display) -> Result<T, Failure> {
        self.map_err(|error| {
            // Libraries keep the better half of their reasons in the source.
            let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
            Failure::new(format_args!("{what}: {error}{cause}"))
        })
    }
}
