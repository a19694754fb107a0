//! Withdraws invitations.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{InvitationId, ProjectMembershipId};
use portico_core::invitations::InvitationState;
use portico_store::invitations::end_invitation;
use portico_store::links::void_links_of;

use super::invitation_resend::lock;
use super::invite;
use crate::{Action, ActionError, ActivityEvent, Work};

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
        let (known, project, member) = lock(work, staff.company, self.id).await?;
        let now = work.now();
        if !matches!(known.state, InvitationState::Invited | InvitationState::Expired) {
            return Err(invite::wrong_state(known.state).into());
        }
        void_links_of(work.connection(), known.id, now).await?;
        end_invitation(work.connection(), &known, InvitationState::Removed, now).await?;
        let happened = ActivityEvent::new(ActivityKind::InvitationRemoved)
            .in_project(staff.company, project.id)
            .to(SubjectKind::Invitation, known.id);
        work.record(happened).await?;
        Ok(member.membership)
    }
}
