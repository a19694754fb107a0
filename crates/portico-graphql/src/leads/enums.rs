//! Where leads stand, and how they come.

use async_graphql::Enum;
use portico_core::leads::{LeadSource as CoreSource, LeadState as CoreState};
use portico_graphql_macros::gated;

/// Where a lead stands. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreState")]
pub(crate) enum LeadState {
    /// Nobody has answered yet.
    #[shared(STAFF)]
    New,
    /// Somebody has.
    #[shared(STAFF)]
    Contacted,
    /// They mean to build.
    #[shared(STAFF)]
    Qualified,
    /// They became a client. This is final, and comes of converting them alone.
    #[shared(STAFF)]
    Converted,
    /// They will not build.
    #[shared(STAFF)]
    Lost,
    /// Nobody asked at all.
    #[shared(STAFF)]
    Spam,
}

/// How a lead came. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreSource")]
pub(crate) enum LeadSource {
    /// By the form on the company's site.
    #[shared(STAFF)]
    Web,
    /// Somebody of the staff wrote it down.
    #[shared(STAFF)]
    Staff,
}
