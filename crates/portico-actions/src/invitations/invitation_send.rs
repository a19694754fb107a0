//! Sends invitations.

use portico_core::access::Permission;
use portico_core::contacts::ContactKind;
use portico_core::id::{ContactId, ProjectId, ProjectMembershipId};
use portico_store::memberships::{client_membership_of, lock_project};
use serde::Serialize;

use super::invite;
use crate::contacts::identity_of_contact;
use crate::{Action, ActionError, Refusal, Work};

/// Invites a client of a project (INV-3, INV-9).
#[derive(Debug, Clone, Serialize)]
pub struct InvitationSend {
    /// The project.
    pub project: Option<ProjectId>,
    /// The client's contact.
    pub contact: Option<ContactId>,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl Action for InvitationSend {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let project = self.project.ok_or_else(|| Refusal::not_found("projectId"))?;
        let project = lock_project(work.connection(), staff.company, project).await?;
        let project = project.ok_or_else(|| Refusal::not_found("projectId"))?;
        let (contact, _) = identity_of_contact(work, staff.company, self.contact, ContactKind::Client).await?;
        let membership = client_membership_of(work.connection(), staff.company, project.id, contact).await?;
        let membership = membership.ok_or_else(|| Refusal::not_found("contactId"))?;
        invite::refuse_closed(&project)?;
        invite::send(work, &staff, &project, &membership.invitee()).await?;
        work.answer(&self.idempotency_key, &membership.id).await?;
        Ok(membership.id)
    }
}
