//! What there is to do before clients come (PRT-14).

use async_graphql::{Enum, SimpleObject};
use portico_graphql_macros::gated;
use portico_loader::portal::PortalSetupRow;

/// Something to be done before clients come. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SetupStepKind {
    /// Choose the sections that clients see.
    #[shared(STAFF)]
    ConfigureFeatures,
    /// Give the portal the company's logo.
    #[shared(STAFF)]
    AddBranding,
    /// Publish something to read, where help is switched on.
    #[shared(STAFF)]
    WriteHelp,
    /// Name a guide to the portal.
    #[shared(STAFF)]
    AddGuide,
    /// Invite a client.
    #[shared(STAFF)]
    InviteClients,
}

/// Something to be done before clients come.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct SetupStep {
    /// What.
    kind: SetupStepKind,
    /// Whether it has been done.
    is_done: bool,
}

/// Features first, then what stands in them, then the clients who find it there.
pub(super) fn steps(row: &PortalSetupRow) -> Vec<SetupStep> {
    let all = [
        (SetupStepKind::ConfigureFeatures, row.has_features),
        (SetupStepKind::AddBranding, row.has_branding),
        (SetupStepKind::WriteHelp, row.has_help),
        (SetupStepKind::AddGuide, row.has_guide),
        (SetupStepKind::InviteClients, row.has_clients),
    ];
    all.into_iter().map(|(kind, is_done)| SetupStep { kind, is_done }).collect()
}
