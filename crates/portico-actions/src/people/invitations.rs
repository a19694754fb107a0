//! Invitations: sent, sent again, taken back.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ContactId, InvitationId, ProjectId, ProjectMembershipId};
use portico_core::people::{ContactKind, InvitationState, Permission};
use portico_core::refusal::RefusalCode;
use portico_store::people::{
    ActingStaff, Invitee, KeptInvitation, LockedProject, client_place_of, end_invitation, find_invitation, invitee,
    lock_invitation_of, lock_project, void_links_of,
};
use serde::Serialize;

use super::behind::person_behind;
use super::invite;
use crate::{Action, ActionError, Happened, Refusal, Work};

/// Invites a contact who has a place in a project (INV-3, INV-9).
#[derive(Debug, Clone, Serialize)]
pub struct InvitationSend {
    /// Into which project.
    pub project: Option<ProjectId>,
    /// Whom.
    pub contact: Option<ContactId>,
    /// By which a repetition is known.
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
        let (contact, _) = person_behind(work, staff.company, self.contact, ContactKind::Client).await?;
        let place = client_place_of(work.connection(), staff.company, project.id, contact).await?;
        let place = place.ok_or_else(|| Refusal::not_found("contactId"))?;
        invite::refuse_closed(&project)?;
        invite::send(work, &staff, &project, &place.invitee()).await?;
        work.answer(&self.idempotency_key, &place.id).await?;
        Ok(place.id)
    }
}

/// An invitation, its project, which is locked first, and the member whom it invites.
async fn found(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    id: Option<InvitationId>,
) -> Result<(KeptInvitation, LockedProject, Invitee), ActionError> {
    let nowhere = || Refusal::not_found("id");
    let id = id.ok_or_else(nowhere)?;
    let known = find_invitation(work.connection(), staff.company, id).await?.ok_or_else(nowhere)?;
    let project = lock_project(work.connection(), staff.company, known.project).await?.ok_or_else(nowhere)?;
    // As it is now that nobody else can change it: whoever signs in holds it without the project.
    let living = lock_invitation_of(work.connection(), known.membership).await?;
    let known = living.filter(|living| living.id == known.id).unwrap_or(known);
    let member = invitee(work.connection(), staff.company, known.membership).await?;
    match member {
        Some(member) => Ok((known, project, member)),
        None => Err(Refusal::of(RefusalCode::InvalidState, "id", format!("the invitation is {}", known.state)).into()),
    }
}

/// Invites somebody again, with a fresh link; the old one dies.
#[derive(Debug, Clone, Serialize)]
pub struct InvitationResend {
    /// Which.
    pub id: Option<InvitationId>,
    /// By which a repetition is known.
    pub idempotency_key: String,
}

impl Action for InvitationResend {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let (known, project, member) = found(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        invite::resend(work, &staff, &project, &member, &known).await?;
        work.answer(&self.idempotency_key, &member.membership).await?;
        Ok(member.membership)
    }
}

/// Takes an invitation back that nobody has taken up: its slot is free, and its link opens nothing (INV-6, INV-11).
#[derive(Debug, Clone)]
pub struct InvitationRemove {
    /// Which.
    pub id: Option<InvitationId>,
}

impl Action for InvitationRemove {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let (known, project, member) = found(work, &staff, self.id).await?;
        let now = work.now();
        if !matches!(known.state, InvitationState::Invited | InvitationState::Expired) {
            return Err(invite::in_state(known.state).into());
        }
        void_links_of(work.connection(), known.id, now).await?;
        end_invitation(work.connection(), &known, InvitationState::Removed, now).await?;
        let happened = Happened::new(ActivityKind::InvitationRemoved)
            .in_project(staff.company, project.id)
            .to(SubjectKind::Invitation, known.id);
        work.record(happened).await?;
        Ok(member.membership)
    }
}
