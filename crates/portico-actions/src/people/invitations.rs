//! Sends, resends and withdraws invitations.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ContactId, InvitationId, ProjectId, ProjectMembershipId};
use portico_core::people::{ContactKind, InvitationState, Permission};
use portico_core::refusal::RefusalCode;
use portico_store::people::{
    ActingStaff, Invitee, LockedProject, StoredInvitation, client_membership_of, end_invitation, find_invitation,
    invitee, lock_invitation_of, lock_project, void_links_of,
};
use serde::Serialize;

use super::contacts::identity_of_contact;
use super::invite;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

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

/// An invitation and its project, both locked, and the invited member.
async fn lock(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    id: Option<InvitationId>,
) -> Result<(StoredInvitation, LockedProject, Invitee), ActionError> {
    let not_found = || Refusal::not_found("id");
    let id = id.ok_or_else(not_found)?;
    let known = find_invitation(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
    let project = lock_project(work.connection(), staff.company, known.project).await?.ok_or_else(not_found)?;
    // Read again under its own lock: a sign-in locks the invitation without the project.
    let living = lock_invitation_of(work.connection(), known.membership).await?;
    let known = living.filter(|living| living.id == known.id).unwrap_or(known);
    let member = invitee(work.connection(), staff.company, known.membership).await?;
    match member {
        Some(member) => Ok((known, project, member)),
        None => Err(Refusal::of(
            RefusalCode::InvalidState,
            "id",
            format!("the member of this invitation has been removed: the invitation is {}", known.state),
        )
        .into()),
    }
}

/// Sends an invitation again with a new link. The old link expires.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationResend {
    /// The invitation.
    pub id: Option<InvitationId>,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl Action for InvitationResend {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let (known, project, member) = lock(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        invite::resend(work, &staff, &project, &member, &known).await?;
        work.answer(&self.idempotency_key, &member.membership).await?;
        Ok(member.membership)
    }
}

/// Withdraws a pending invitation: its link expires, and the project can send another one (INV-6, INV-11).
#[derive(Debug, Clone)]
pub struct InvitationRemove {
    /// The invitation.
    pub id: Option<InvitationId>,
}

impl Action for InvitationRemove {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let (known, project, member) = lock(work, &staff, self.id).await?;
        let now = work.now();
        if !matches!(known.state, InvitationState::Invited | InvitationState::Expired) {
            return Err(invite::wrong_state(known.state).into());
        }
        void_links_of(work.connection(), known.id, now).await?;
        end_invitation(work.connection(), &known, InvitationState::Removed, now).await?;
        let event = ActivityEvent::new(ActivityKind::InvitationRemoved)
            .in_project(staff.company, project.id)
            .to(SubjectKind::Invitation, known.id);
        work.record(event).await?;
        Ok(member.membership)
    }
}
