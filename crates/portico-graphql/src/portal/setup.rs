//! Steps before clients are invited (PRT-14).

use async_graphql::{Enum, SimpleObject};
use portico_graphql_macros::gated;
use portico_loader::portal::PortalSetupRow;

/// Step before clients are invited. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum SetupStepKind {
    /// Choose the sections for clients.
    #[shared(STAFF)]
    ConfigureFeatures,
    /// Add the company's logo.
    #[shared(STAFF)]
    AddBranding,
    /// Publish a help article, where the help section is enabled.
    #[shared(STAFF)]
    WriteHelp,
    /// Set a portal guide.
    #[shared(STAFF)]
    AddGuide,
    /// Invite a client.
    #[shared(STAFF)]
    InviteClients,
}

/// Step before clients are invited.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct SetupStep {
    /// Kind of step.
    kind: SetupStepKind,
    /// Whether the step is done.
    is_done: bool,
}

/// Sections first, then their content, then the clients.
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
