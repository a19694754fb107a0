//! Enums of companies.

use async_graphql::Enum;
use portico_core::access::Role as CoreRole;
use portico_core::company::Region as CoreRegion;
use portico_graphql_macros::gated;

/// Market of a company. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreRegion")]
pub(crate) enum Region {
    /// United States.
    #[graphql(name = "US")]
    #[shared(STAFF)]
    UnitedStates,
    /// Canada.
    #[graphql(name = "CA")]
    #[shared(STAFF)]
    Canada,
    /// Australia.
    #[graphql(name = "AU")]
    #[shared(STAFF)]
    Australia,
    /// New Zealand.
    #[graphql(name = "NZ")]
    #[shared(STAFF)]
    NewZealand,
    /// European Union and Switzerland.
    #[graphql(name = "EU")]
    #[shared(STAFF)]
    Europe,
    /// United Kingdom.
    #[graphql(name = "GB")]
    #[shared(STAFF)]
    UnitedKingdom,
}

/// Role of a member of staff.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum StaffRole {
    /// Has every permission; only owners can change owners.
    #[shared(STAFF)]
    Owner,
    /// Has the permissions that were granted.
    #[shared(STAFF)]
    Staff,
}

impl From<StaffRole> for CoreRole {
    fn from(role: StaffRole) -> Self {
        match role {
            StaffRole::Owner => Self::Owner,
            StaffRole::Staff => Self::Staff,
        }
    }
}

impl StaffRole {
    pub(super) fn of(role: CoreRole) -> Self {
        if role == CoreRole::Owner { Self::Owner } else { Self::Staff }
    }
}
