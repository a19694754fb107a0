//! Enums of projects.

use async_graphql::Enum;
use portico_core::projects::{
    ClientRelationship as CoreRelationship, ProjectStage as CoreStage, ProjectStatus as CoreStatus,
};
use portico_graphql_macros::gated;

/// Lifecycle status, from prospect to archived. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreStatus")]
pub(crate) enum ProjectStatus {
    /// Not booked yet.
    #[shared(CLIENT, TRADE, STAFF)]
    Prospect,
    /// In progress.
    #[shared(CLIENT, TRADE, STAFF)]
    Active,
    /// Handed over, within the warranty period.
    #[shared(CLIENT, TRADE, STAFF)]
    Warranty,
    /// Finished; what was shared stays readable.
    #[shared(CLIENT, TRADE, STAFF)]
    Completed,
    /// Read-only.
    #[shared(CLIENT, TRADE, STAFF)]
    Archived,
}

/// Construction phase. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreStage")]
pub(crate) enum ProjectStage {
    /// Drawings and selections.
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
    /// Handover to the client.
    #[shared(CLIENT, TRADE, STAFF)]
    Handover,
}

/// Relationship of a client to a project. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreRelationship")]
pub(crate) enum ClientRelationship {
    /// Owner of the home.
    #[shared(CLIENT, STAFF)]
    PrimaryOwner,
    /// Partner of the owner.
    #[shared(CLIENT, STAFF)]
    Partner,
    /// Representative of the owner.
    #[shared(CLIENT, STAFF)]
    Representative,
}
