//! Resends invitations.

use portico_core::access::Permission;
use portico_core::id::{CompanyId, InvitationId, ProjectMembershipId};
use portico_core::invitations::InvitationState;
use portico_core::refusal::RefusalCode;
use portico_store::invitations::{StoredInvitation, find_invitation, lock_invitation_of};
use portico_store::memberships::{Invitee, LockedProject, invitee, lock_project};
use serde::Serialize;

use super::invite;
use crate::{Action, ActionError, Refusal, Work};

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
        let (known, project, member) = lock(work, staff.company, self.id).await?;
        invite::refuse_closed(&project)?;
        invite::resend(work, staff.company, &project, &member, &known).await?;
        work.answer(&self.idempotency_key, &member.membership).await?;
        Ok(member.membership)
    }
}

/// Sends a pending or expired invitation again at the request of its recipient, who has no account yet. Returns whether it was sent.
pub(crate) async fn resend_to_member(
    work: &mut Work<'_>,
    company: CompanyId,
    id: InvitationId,
) -> Result<bool, ActionError> {
    let (known, project, member) = lock(work, company, Some(id)).await?;
    let is_open = matches!(known.state_at(work.now()), InvitationState::Invited | InvitationState::Expired);
    // A person with an account can sign in, which accepts the invitation as well.
    if !is_open || member.claimed_at.is_some() || !known.template.has_link() {
        return Ok(false);
    }
    invite::refuse_closed(&project)?;
    invite::resend(work, company, &project, &member, &known).await?;
    Ok(true)
}

/// An invitation and its project, both locked, and the invited member.
pub(super) async fn lock(
    work: &mut Work<'_>,
    company: CompanyId,
    id: Option<InvitationId>,
) -> Result<(StoredInvitation, LockedProject, Invitee), ActionError> {
    let not_found = || Refusal::not_found("id");
    let id = id.ok_or_else(not_found)?;
    let known = find_invitation(work.connection(), company, id).await?.ok_or_else(not_found)?;
    let project = lock_project(work.connection(), company, known.project).await?.ok_or_else(not_found)?;
    // Read again under its own lock: a sign-in locks the invitation without the project.
    let living = lock_invitation_of(work.connection(), known.membership).await?;
    let known = living.filter(|living| living.id == known.id).unwrap_or(known);
    let member = invitee(work.connection(), company, known.membership).await?;
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
