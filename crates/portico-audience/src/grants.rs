//! What a caller can grants.

use std::collections::BTreeSet;

/// What a caller brings: the audiences it belongs to and the permissions it holds.
///
/// The names are those of the schema's `@shared(with: ..)` and `@requires(permission: ..)`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grants {
    /// Audiences, such as `CUSTOMER`.
    pub audiences: BTreeSet<String>,
    /// Permissions, such as `PRICES_VIEW`.
    pub permissions: BTreeSet<String>,
    /// Whether mutations are out of grants, whatever opens them.
    pub reads_only: bool,
}

impl Grants {
    /// The grants of these audiences, without any permission.
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

    /// The same grants with these permissions added.
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
