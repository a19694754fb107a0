//! Accepts invitations in a session that was open before they were sent (INV-27).

use portico_core::id::ProjectId;

use crate::sessions::accept_invitations;
use crate::{Action, ActionError, Work, WriteScope};

/// Accepts the caller's pending invitations to projects that a response has just shown.
#[derive(Debug, Clone)]
pub struct InvitationAccept {
    /// The projects.
    pub projects: Vec<ProjectId>,
}

impl Action for InvitationAccept {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        accept_invitations(work, person.identity, person.role, Some(&self.projects)).await
    }
}
