//! State and source of leads.

use async_graphql::Enum;
use portico_core::leads::{LeadSource as CoreSource, LeadState as CoreState};
use portico_graphql_macros::gated;

/// State of a lead. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreState")]
pub(crate) enum LeadState {
    /// Received, and not answered yet.
    #[shared(STAFF)]
    New,
    /// Answered by staff.
    #[shared(STAFF)]
    Contacted,
    /// Likely to become a client.
    #[shared(STAFF)]
    Qualified,
    /// Converted to a client. Final; set by `leadConvertToClient` or `leadConvertToProject` only.
    #[shared(STAFF)]
    Converted,
    /// Will not become a client.
    #[shared(STAFF)]
    Lost,
    /// Spam.
    #[shared(STAFF)]
    Spam,
}

/// Source of a lead. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreSource")]
pub(crate) enum LeadSource {
    /// Form on the company's web site.
    #[shared(STAFF)]
    Web,
    /// Added by a member of staff.
    #[shared(STAFF)]
    Staff,
}
