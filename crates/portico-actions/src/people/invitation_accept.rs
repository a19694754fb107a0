//! Accepts invitations of a person who comes by a session that was open before (INV-27).

use portico_core::id::ProjectId;

use super::session::accept_invitations;
use crate::{Action, ActionError, Work};

/// Accepts the open invitations into projects that a person has just been shown.
#[derive(Debug, Clone)]
pub struct InvitationAccept {
    /// The projects.
    pub projects: Vec<ProjectId>,
}

impl Action for InvitationAccept {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        accept_invitations(work, person.identity, person.role, Some(&self.projects)).await
    }
}
