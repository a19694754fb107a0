//! Adds, changes, removes and replaces clients of projects.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::ContactKind;
use portico_core::id::{ContactId, ProjectId, ProjectMembershipId};
use portico_core::invitations::InvitationState;
use portico_core::limits::caps;
use portico_core::projects::{ClientRelationship, MembershipKind};
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::accounts::lock_identity;
use portico_store::contacts::own_contact;
use portico_store::invitations::{end_invitation, lock_invitation_of};
use portico_store::links::void_links_of;
use portico_store::memberships::{
    ClientMembership, LockedProject, MembershipChange, NewClientMembership, SettingsChange, change_membership,
    change_settings, client_membership, insert_client_membership, lock_project, make_primary, remove_membership,
};
use portico_store::sessions::ActingStaff;
use serde::Serialize;

use super::member_limit::check_member_limit;
use crate::contacts::{ClientUpdate, identity_of_contact};
use crate::invitations::invite;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Adds a client to a project, with an invitation if requested. Without one the client has no access (INV-1).
#[derive(Debug, Clone, Serialize)]
pub struct ProjectClientAdd {
    /// The project.
    pub project: Option<ProjectId>,
    /// The client's contact.
    pub contact: Option<ContactId>,
    /// The relationship to the project.
    pub relationship: ClientRelationship,
    /// Whether the client may see status reports.
    pub can_see_status: bool,
    /// Whether the client may make payments.
    pub can_pay: bool,
    /// Whether the client may approve; by default what the relationship says (MR-23).
    pub can_approve: Option<bool>,
    /// Whether to send an invitation.
    pub invite: bool,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl Action for ProjectClientAdd {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let project = self.project.ok_or_else(|| Refusal::not_found("projectId"))?;
        let project = lock_project(work.connection(), staff.company, project).await?;
        let project = project.ok_or_else(|| Refusal::not_found("projectId"))?;
        invite::refuse_closed(&project)?;
        let new = NewMember {
            contact: self.contact,
            relationship: self.relationship,
            can_see_status: self.can_see_status,
            can_pay: self.can_pay,
            can_approve: self.can_approve.unwrap_or_else(|| self.relationship.may_approve()),
            is_primary: false,
        };
        let membership = new.add(work, &staff, &project).await?;
        if self.invite {
            invite::send(work, &staff, &project, &membership.invitee()).await?;
        }
        work.answer(&self.idempotency_key, &membership.id).await?;
        Ok(membership.id)
    }
}

/// A client to add.
struct NewMember {
    contact: Option<ContactId>,
    relationship: ClientRelationship,
    can_see_status: bool,
    can_pay: bool,
    can_approve: bool,
    is_primary: bool,
}

impl NewMember {
    async fn add(
        &self,
        work: &mut Work<'_>,
        staff: &ActingStaff,
        project: &LockedProject,
    ) -> Result<ClientMembership, ActionError> {
        let (contact, identity) = identity_of_contact(work, staff.company, self.contact, ContactKind::Client).await?;
        check_member_limit(work, project.id, MembershipKind::Client, caps::CLIENTS).await?;
        let new = NewClientMembership {
            company: staff.company,
            project: project.id,
            contact,
            identity,
            relationship: self.relationship,
            is_primary: self.is_primary,
            can_see_status: self.can_see_status,
            can_pay: self.can_pay,
            can_approve: self.can_approve,
        };
        let id = match insert_client_membership(work.connection(), &new).await {
            Err(StoreError::Taken(_)) => {
                let message = "this client is a member of the project already: use `projectClientUpdate`";
                return Err(Refusal::of(RefusalCode::Taken, "contactId", message).into());
            }
            id => id?,
        };
        let event = ActivityEvent::new(ActivityKind::ProjectClientAdded)
            .in_project(staff.company, project.id)
            .to(SubjectKind::ProjectMembership, id)
            .shared_with(&["CLIENT"]);
        work.record(event).await?;
        let membership = client_membership(work.connection(), staff.company, id).await?;
        Ok(membership.ok_or_else(|| StoreError::Failed("a new membership is missing".to_owned()))?)
    }
}

/// A client's membership and its project, locked.
async fn lock(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    id: Option<ProjectMembershipId>,
) -> Result<(ClientMembership, LockedProject), ActionError> {
    let not_found = || Refusal::not_found("id");
    let id = id.ok_or_else(not_found)?;
    let membership = client_membership(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
    let project = lock_project(work.connection(), staff.company, membership.project).await?.ok_or_else(not_found)?;
    // Read again under the lock: another action may have changed it meanwhile.
    let membership = client_membership(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
    Ok((membership, project))
}

/// Changes a client's membership: relationship, rights (PRP-1), label and notification defaults. `None` keeps the
/// current value.
///
/// Name, email address and telephone number are the contact's, in all projects, and can be changed until the user
/// manages the account (ACC-18). Label and notification defaults can be changed later as well (RULE-1).
#[derive(Debug, Clone)]
pub struct ProjectClientUpdate {
    /// The membership.
    pub id: Option<ProjectMembershipId>,
    /// Changes of the membership.
    pub change: MembershipChange,
    /// Changes of label and notification defaults.
    pub settings: SettingsChange,
    /// Changes of the contact.
    pub contact: ContactDetails,
}

/// Changes of a client's contact. `None` keeps the current value.
#[derive(Debug, Clone, Default)]
pub struct ContactDetails {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; `Some(None)` clears it.
    pub phone: Option<Option<String>>,
    /// The email address.
    pub email: Option<String>,
}

impl ContactDetails {
    const fn is_changed(&self) -> bool {
        self.name.is_some() || self.phone.is_some() || self.email.is_some()
    }
}

/// Maximum length of a label, in characters.
const LABEL: usize = 80;

impl Action for ProjectClientUpdate {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        // Contact, person, project: changes of contacts lock in this order, and a sign-in locks the person before the projects.
        // Another order would cause deadlocks.
        if let (true, Some(id)) = (self.contact.is_changed(), self.id)
            && let Some(membership) = client_membership(work.connection(), staff.company, id).await?
            && own_contact(work.connection(), staff.company, membership.contact).await?.is_some()
            // Read again: the contact may have another person meanwhile.
            && let Some(membership) = client_membership(work.connection(), staff.company, id).await?
        {
            lock_identity(work.connection(), membership.identity).await?;
        }
        let (membership, project) = lock(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        let mut settings = self.settings.clone();
        if let Some(Some(label)) = &settings.label {
            settings.label = Some(Some(check::text("label", label, LABEL)?));
        }
        if self.change.access_level.is_some_and(|level| level != membership.access_level) {
            reject_invited(work, &membership).await?;
        }
        let mut change = self.change.clone();
        // MR-23: the right follows the relationship, unless staff say otherwise.
        if let (Some(relationship), None) = (change.relationship, change.can_approve)
            && relationship != membership.relationship
        {
            change.can_approve = Some(relationship.may_approve());
        }
        let change = change_membership(work.connection(), membership.id, change).await?;
        let settings = change_settings(work.connection(), staff.company, &membership, settings).await?;
        if self.contact.is_changed() {
            let ContactDetails { name, phone, email } = self.contact.clone();
            let kind = ContactKind::Client;
            ClientUpdate { kind, contact: membership.contact, name, phone, email }.write(work).await?;
        }
        let event = ActivityEvent::new(ActivityKind::ProjectClientChanged)
            .in_project(staff.company, project.id)
            .to(SubjectKind::ProjectMembership, membership.id);
        work.record_changes(event, &[change.names, settings.names].concat()).await?;
        Ok(membership.id)
    }
}

/// Rejects a change of the access level of an invited client. Only invitations grant and revoke the portal.
async fn reject_invited(work: &mut Work<'_>, membership: &ClientMembership) -> Result<(), ActionError> {
    let Some(invitation) = lock_invitation_of(work.connection(), membership.id).await? else { return Ok(()) };
    let message = format!("the invitation is {}: remove it, or the client", invitation.state_at(work.now()));
    Err(Refusal::of(RefusalCode::InvalidState, "emailOnly", message).into())
}

/// Removes a client from a project, and revokes access from the next request on (INV-23). The contact and the client's past
/// activity stay (INV-24, INV-25).
#[derive(Debug, Clone)]
pub struct ProjectClientRemove {
    /// The membership.
    pub id: Option<ProjectMembershipId>,
}

impl Action for ProjectClientRemove {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let (membership, project) = lock(work, &staff, self.id).await?;
        remove(work, &staff, &project, &membership).await?;
        Ok(project.id)
    }
}

async fn remove(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    project: &LockedProject,
    membership: &ClientMembership,
) -> Result<(), ActionError> {
    let now = work.now();
    if let Some(invitation) = lock_invitation_of(work.connection(), membership.id).await? {
        let state = match invitation.state {
            InvitationState::Accepted => InvitationState::Revoked,
            _ => InvitationState::Removed,
        };
        void_links_of(work.connection(), invitation.id, now).await?;
        end_invitation(work.connection(), &invitation, state, now).await?;
    }
    remove_membership(work.connection(), membership.id, now).await?;
    let event = ActivityEvent::new(ActivityKind::ProjectClientRemoved)
        .in_project(staff.company, project.id)
        .to(SubjectKind::ProjectMembership, membership.id)
        .shared_with(&["CLIENT"]);
    work.record(event).await
}

/// Replaces a client by another one with a new membership (ACC-19).
#[derive(Debug, Clone, Serialize)]
pub struct ProjectClientReplace {
    /// The membership.
    pub id: Option<ProjectMembershipId>,
    /// The new client's contact.
    pub contact: Option<ContactId>,
    /// Whether to send an invitation.
    pub invite: bool,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl Action for ProjectClientReplace {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let (membership, project) = lock(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        remove(work, &staff, &project, &membership).await?;
        let new = NewMember {
            contact: self.contact,
            relationship: membership.relationship,
            can_see_status: true,
            can_pay: true,
            can_approve: membership.relationship.may_approve(),
            is_primary: membership.is_primary,
        };
        let new = new.add(work, &staff, &project).await?;
        if self.invite {
            invite::send(work, &staff, &project, &new.invitee()).await?;
        }
        work.answer(&self.idempotency_key, &new.id).await?;
        Ok(new.id)
    }
}

/// Makes a client the primary one, who clears updates (INV-21). Sends no notification (INV-22).
#[derive(Debug, Clone)]
pub struct ProjectClientMakePrimary {
    /// The membership.
    pub id: Option<ProjectMembershipId>,
}

impl Action for ProjectClientMakePrimary {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let (membership, project) = lock(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        if !make_primary(work.connection(), project.id, membership.id).await? {
            return Ok(membership.id);
        }
        let event = ActivityEvent::new(ActivityKind::PrimaryClientChanged)
            .in_project(staff.company, project.id)
            .to(SubjectKind::ProjectMembership, membership.id);
        work.record(event).await?;
        Ok(membership.id)
    }
}
