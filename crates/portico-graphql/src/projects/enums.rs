//! A project's states.

use async_graphql::Enum;
use portico_core::projects::{
    ClientRelationship as CoreRelationship, ProjectStage as CoreStage, ProjectStatus as CoreStatus,
};
use portico_graphql_macros::gated;

/// Where a project is in its life. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreStatus")]
pub(crate) enum ProjectStatus {
    /// Not booked yet.
    #[shared(CLIENT, TRADE, STAFF)]
    Prospect,
    /// Being built.
    #[shared(CLIENT, TRADE, STAFF)]
    Active,
    /// Handed over, within warranty.
    #[shared(CLIENT, TRADE, STAFF)]
    Warranty,
    /// Done. What was shared stays readable.
    #[shared(CLIENT, TRADE, STAFF)]
    Completed,
    /// Put away. Nothing in it changes any more.
    #[shared(CLIENT, TRADE, STAFF)]
    Archived,
}

/// What is being done. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreStage")]
pub(crate) enum ProjectStage {
    /// Drawings and choices.
    #[shared(CLIENT, TRADE, STAFF)]
    Design,
    /// Permits and orders.
    #[shared(CLIENT, TRADE, STAFF)]
    Preconstruction,
    /// Work on site.
    #[shared(CLIENT, TRADE, STAFF)]
    Construction,
    /// Punch list and inspections.
    #[shared(CLIENT, TRADE, STAFF)]
    Closeout,
    /// Handing over.
    #[shared(CLIENT, TRADE, STAFF)]
    Handover,
}

/// What a client is to a project. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreRelationship")]
pub(crate) enum ClientRelationship {
    /// The home is theirs.
    #[shared(CLIENT, STAFF)]
    PrimaryOwner,
    /// They live with the owner, or will.
    #[shared(CLIENT, STAFF)]
    Partner,
    /// They speak for the owner.
    #[shared(CLIENT, STAFF)]
    Representative,
}
