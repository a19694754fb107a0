//! Trade partners of projects: added, given web access or not, removed (ORG-3).

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ContactId, ProjectId, ProjectMembershipId};
use portico_core::limits::lists;
use portico_core::people::{ContactKind, InvitationState, Permission};
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::people::{
    ActingStaff, LockedProject, TradePlace, end_invitation, insert_trade_membership, invitee, lock_invitation_of,
    lock_project, remove_place, set_access, trade_place, void_links_of,
};
use serde_json::json;

use super::behind::{person_behind, refuse_more_than};
use super::invite;
use crate::{Action, ActionError, Happened, Refusal, Work};

/// Adds a trade partner to a project. With web access they are invited at once, which takes none of the clients' slots; without
/// it no mail is sent.
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
        let (contact, identity) = person_behind(work, staff.company, self.contact, ContactKind::Trade).await?;
        refuse_more_than(work, project.id, MembershipKind::Trade, lists::TRADES).await?;
        let added = insert_trade_membership(work.connection(), staff.company, project.id, contact, identity).await;
        let id = match added {
            Err(StoreError::Taken(_)) => {
                let message =
                    "this trade partner is on the project already; use `projectTradeUpdate` to change their access";
                return Err(Refusal::of(RefusalCode::Taken, "contactId", message).into());
            }
            id => id?,
        };
        let details = json!({ "webAccess": self.web_access });
        work.record(happened(ActivityKind::ProjectTradeAdded, &staff, &project, id).with(details)).await?;
        if self.web_access {
            open_access(work, &staff, &project, id).await?;
        }
        work.answer(&self.idempotency_key, &id).await?;
        Ok(id)
    }
}

/// Gives a trade partner web access to a project, by an invitation, or takes it away at once.
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
        let (place, project) = found(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        if self.web_access && !place.web_access {
            open_access(work, &staff, &project, place.id).await?;
        } else if !self.web_access {
            close_access(work, &place).await?;
        }
        if self.web_access != place.web_access {
            let details = json!({ "webAccess": self.web_access });
            work.record(happened(ActivityKind::ProjectTradeChanged, &staff, &project, place.id).with(details)).await?;
        }
        work.answer(&self.idempotency_key, &place.id).await?;
        Ok(place.id)
    }
}

/// Removes a trade partner from a project. Their access ends with their next request; the contact and what they did stay.
#[derive(Debug, Clone)]
pub struct ProjectTradeRemove {
    /// The membership.
    pub id: Option<ProjectMembershipId>,
}

impl Action for ProjectTradeRemove {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let (place, project) = found(work, &staff, self.id).await?;
        close_access(work, &place).await?;
        let now = work.now();
        remove_place(work.connection(), place.id, now).await?;
        work.record(happened(ActivityKind::ProjectTradeRemoved, &staff, &project, place.id)).await?;
        Ok(project.id)
    }
}

/// A trade partner's membership, and its project, locked.
async fn found(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    id: Option<ProjectMembershipId>,
) -> Result<(TradePlace, LockedProject), ActionError> {
    let nowhere = || Refusal::not_found("id");
    let id = id.ok_or_else(nowhere)?;
    let place = trade_place(work.connection(), staff.company, id).await?.ok_or_else(nowhere)?;
    let project = lock_project(work.connection(), staff.company, place.project).await?.ok_or_else(nowhere)?;
    // Read again under the lock: another action may have changed it meanwhile.
    let place = trade_place(work.connection(), staff.company, id).await?.ok_or_else(nowhere)?;
    Ok((place, project))
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

async fn close_access(work: &mut Work<'_>, place: &TradePlace) -> Result<(), ActionError> {
    let now = work.now();
    if let Some(invitation) = lock_invitation_of(work.connection(), place.id).await? {
        let state = match invitation.state {
            InvitationState::Accepted => InvitationState::Revoked,
            _ => InvitationState::Removed,
        };
        void_links_of(work.connection(), invitation.id, now).await?;
        end_invitation(work.connection(), &invitation, state, now).await?;
    }
    // Also where access was given before invitations of trade partners were kept.
    set_access(work.connection(), &[place.id], false).await?;
    Ok(())
}

fn happened(kind: ActivityKind, staff: &ActingStaff, project: &LockedProject, id: ProjectMembershipId) -> Happened {
    Happened::new(kind).in_project(staff.company, project.id).to(SubjectKind::ProjectMembership, id).told_to(&["TRADE"])
}
