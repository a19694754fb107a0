//! Adds and removes trade partners of projects, and changes their web access (ORG-3).

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::ContactKind;
use portico_core::id::{ContactId, ProjectId, ProjectMembershipId};
use portico_core::invitations::InvitationState;
use portico_core::limits::caps;
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::invitations::{end_invitation, lock_invitation_of};
use portico_store::links::void_links_of;
use portico_store::memberships::{
    LockedProject, TradeMembership, insert_trade_membership, invitee, lock_project, remove_membership, set_access,
    trade_membership,
};
use portico_store::sessions::ActingStaff;
use serde_json::json;

use super::member_limit::check_member_limit;
use crate::contacts::identity_of_contact;
use crate::invitations::invite;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Adds a trade partner to a project. With web access an invitation is sent, which does not count toward the limit of client
/// invitations; without it no mail is sent.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ProjectTradeAdd {
    /// The project.
    pub project: Option<ProjectId>,
    /// The company's contact of the trade partner.
    pub contact: Option<ContactId>,
    /// Whether they may sign in to the project.
    pub web_access: bool,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl Action for ProjectTradeAdd {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let no_project = || Refusal::not_found("projectId");
        let project = self.project.ok_or_else(no_project)?;
        let project = lock_project(work.connection(), staff.company, project).await?.ok_or_else(no_project)?;
        invite::refuse_closed(&project)?;
        let (contact, identity) = identity_of_contact(work, staff.company, self.contact, ContactKind::Trade).await?;
        check_member_limit(work, project.id, MembershipKind::Trade, caps::TRADES).await?;
        let added = insert_trade_membership(work.connection(), staff.company, project.id, contact, identity).await;
        let id = match added {
            Err(StoreError::Taken(_)) => {
                let message = "this trade partner is a member of the project already: use `projectTradeUpdate`";
                return Err(Refusal::of(RefusalCode::Taken, "contactId", message).into());
            }
            id => id?,
        };
        let details = json!({ "webAccess": self.web_access });
        work.record(event(ActivityKind::ProjectTradeAdded, &staff, &project, id).with(details)).await?;
        if self.web_access {
            open_access(work, &staff, &project, id).await?;
        }
        work.answer(&self.idempotency_key, &id).await?;
        Ok(id)
    }
}

/// Grants or revokes a trade partner's web access to a project. Granting sends an invitation; revoking takes effect at
/// once.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ProjectTradeUpdate {
    /// The membership.
    pub id: Option<ProjectMembershipId>,
    /// Whether they may sign in to the project.
    pub web_access: bool,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl Action for ProjectTradeUpdate {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let (membership, project) = lock(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        if self.web_access && !membership.web_access {
            open_access(work, &staff, &project, membership.id).await?;
        } else if !self.web_access {
            close_access(work, &membership).await?;
        }
        if self.web_access != membership.web_access {
            let details = json!({ "webAccess": self.web_access });
            work.record(event(ActivityKind::ProjectTradeChanged, &staff, &project, membership.id).with(details))
                .await?;
        }
        work.answer(&self.idempotency_key, &membership.id).await?;
        Ok(membership.id)
    }
}

/// Removes a trade partner from a project, and revokes access from the next request on. The contact and their work stay.
#[derive(Debug, Clone)]
pub struct ProjectTradeRemove {
    /// The membership.
    pub id: Option<ProjectMembershipId>,
}

impl Action for ProjectTradeRemove {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let (membership, project) = lock(work, &staff, self.id).await?;
        close_access(work, &membership).await?;
        let now = work.now();
        remove_membership(work.connection(), membership.id, now).await?;
        work.record(event(ActivityKind::ProjectTradeRemoved, &staff, &project, membership.id)).await?;
        Ok(project.id)
    }
}

/// A trade partner's membership, and its project, locked.
async fn lock(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    id: Option<ProjectMembershipId>,
) -> Result<(TradeMembership, LockedProject), ActionError> {
    let not_found = || Refusal::not_found("id");
    let id = id.ok_or_else(not_found)?;
    let membership = trade_membership(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
    let project = lock_project(work.connection(), staff.company, membership.project).await?.ok_or_else(not_found)?;
    // Read again under the lock: another action may have changed it meanwhile.
    let membership = trade_membership(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
    Ok((membership, project))
}

async fn open_access(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    project: &LockedProject,
    id: ProjectMembershipId,
) -> Result<(), ActionError> {
    let invited = invitee(work.connection(), staff.company, id).await?;
    let invited = invited.ok_or_else(|| StoreError::Failed("a locked membership is gone".to_owned()))?;
    invite::send(work, staff, project, &invited).await?;
    Ok(())
}

async fn close_access(work: &mut Work<'_>, membership: &TradeMembership) -> Result<(), ActionError> {
    let now = work.now();
    if let Some(invitation) = lock_invitation_of(work.connection(), membership.id).await? {
        let state = match invitation.state {
            InvitationState::Accepted => InvitationState::Revoked,
            _ => InvitationState::Removed,
        };
        void_links_of(work.connection(), invitation.id, now).await?;
        end_invitation(work.connection(), &invitation, state, now).await?;
    }
    // Also for access that was granted before trade partners had invitations.
    if membership.web_access {
        set_access(work.connection(), &[membership.id], false).await?;
    }
    Ok(())
}

fn event(kind: ActivityKind, staff: &ActingStaff, project: &LockedProject, id: ProjectMembershipId) -> ActivityEvent {
    ActivityEvent::new(kind)
        .in_project(staff.company, project.id)
        .to(SubjectKind::ProjectMembership, id)
        .shared_with(&["TRADE"])
}
