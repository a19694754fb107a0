//! Grants of a caller.

use std::collections::BTreeSet;

/// Audiences and permissions of a caller.
///
/// The names are those in the schema's `@shared(with: ..)` and `@requires(permission: ..)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grants {
    /// Audiences, such as `CUSTOMER`.
    pub audiences: BTreeSet<String>,
    /// Permissions, such as `PRICES_VIEW`.
    pub permissions: BTreeSet<String>,
    /// Whether mutations are excluded.
    pub reads_only: bool,
}

impl Grants {
    /// Grants of these audiences, without permissions.
    pub fn of<I>(audiences: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Self {
            audiences: audiences.into_iter().map(Into::into).collect(),
            permissions: BTreeSet::new(),
            reads_only: false,
        }
    }

    /// Adds permissions.
    #[must_use]
    pub fn with<I>(mut self, permissions: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.permissions.extend(permissions.into_iter().map(Into::into));
        self
    }
}
