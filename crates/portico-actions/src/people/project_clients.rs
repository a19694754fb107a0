//! Clients' places in projects: given, changed, taken away, handed over.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ContactId, ProjectId, ProjectMembershipId};
use portico_core::limits::lists;
use portico_core::people::{ContactKind, InvitationState, Permission};
use portico_core::projects::{ClientRelationship, MembershipKind};
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::people::{
    ActingStaff, ClientPlace, LockedProject, NewClientMembership, PlaceChange, SettingsChange, change_place,
    change_settings, client_place, end_invitation, hold_identity, insert_client_membership, lock_invitation_of,
    lock_project, make_primary, remove_place, void_links_of,
};
use serde::Serialize;
use serde_json::json;

use super::behind::{person_behind, refuse_more_than};
use super::{ClientUpdate, invite};
use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// Gives a client a place in a project, and invites them at once if that is wished. Without an invitation they have no access
/// (INV-1).
#[derive(Debug, Clone, Serialize)]
pub struct ProjectClientAdd {
    /// In which project.
    pub project: Option<ProjectId>,
    /// The company's card of the client.
    pub contact: Option<ContactId>,
    /// What they are to the project.
    pub relationship: ClientRelationship,
    /// Whether they may see the status reports.
    pub can_see_status: bool,
    /// Whether they may pay.
    pub can_pay: bool,
    /// Whether they are invited at once.
    pub invite: bool,
    /// By which a repetition is known.
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
        let newcomer = Newcomer {
            contact: self.contact,
            relationship: self.relationship,
            can_see_status: self.can_see_status,
            can_pay: self.can_pay,
            is_primary: false,
        };
        let place = newcomer.come(work, &staff, &project).await?;
        if self.invite {
            invite::send(work, &staff, &project, &place.invitee()).await?;
        }
        work.answer(&self.idempotency_key, &place.id).await?;
        Ok(place.id)
    }
}

/// Somebody who gets a place.
struct Newcomer {
    contact: Option<ContactId>,
    relationship: ClientRelationship,
    can_see_status: bool,
    can_pay: bool,
    is_primary: bool,
}

impl Newcomer {
    async fn come(
        &self,
        work: &mut Work<'_>,
        staff: &ActingStaff,
        project: &LockedProject,
    ) -> Result<ClientPlace, ActionError> {
        let (contact, identity) = person_behind(work, staff.company, self.contact, ContactKind::Client).await?;
        refuse_more_than(work, project.id, MembershipKind::Client, lists::CLIENTS).await?;
        let new = NewClientMembership {
            company: staff.company,
            project: project.id,
            contact,
            identity,
            relationship: self.relationship,
            is_primary: self.is_primary,
            can_see_status: self.can_see_status,
            can_pay: self.can_pay,
        };
        let id = match insert_client_membership(work.connection(), &new).await {
            Err(StoreError::Taken(_)) => {
                let message = "this person has a place in the project already";
                return Err(Refusal::of(RefusalCode::Taken, "contactId", message).into());
            }
            id => id?,
        };
        let happened = Happened::new(ActivityKind::ProjectClientAdded)
            .in_project(staff.company, project.id)
            .to(SubjectKind::ProjectMembership, id)
            .told_to(&["CLIENT"]);
        work.record(happened).await?;
        let place = client_place(work.connection(), staff.company, id).await?;
        Ok(place.ok_or_else(|| StoreError::Failed("a place is gone that was made just now".to_owned()))?)
    }
}

/// A company's client's place, and its project, locked.
async fn found(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    id: Option<ProjectMembershipId>,
) -> Result<(ClientPlace, LockedProject), ActionError> {
    let nowhere = || Refusal::not_found("id");
    let id = id.ok_or_else(nowhere)?;
    let place = client_place(work.connection(), staff.company, id).await?.ok_or_else(nowhere)?;
    let project = lock_project(work.connection(), staff.company, place.project).await?.ok_or_else(nowhere)?;
    // As it is now that nobody else can change it.
    let place = client_place(work.connection(), staff.company, id).await?.ok_or_else(nowhere)?;
    Ok((place, project))
}

/// Changes what a client is to a project, what they may do there (PRP-1), and what the company settles for them; what is none
/// stays.
///
/// Name, address and number are those of the company's card, in all its projects: as long as the person does not look after
/// their account themselves (ACC-18). From then on the company has its label, and says how they are told of news until they say
/// so (RULE-1).
#[derive(Debug, Clone)]
pub struct ProjectClientUpdate {
    /// Whose place.
    pub id: Option<ProjectMembershipId>,
    /// What becomes of it.
    pub change: PlaceChange,
    /// What is settled for them.
    pub settings: SettingsChange,
    /// What becomes of the company's card of them.
    pub card: CardChange,
}

/// What is to be changed of the card of a client; what is none stays.
#[derive(Debug, Clone, Default)]
pub struct CardChange {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; none within takes it away.
    pub phone: Option<Option<String>>,
    /// The address.
    pub email: Option<String>,
}

impl CardChange {
    const fn changes(&self) -> bool {
        self.name.is_some() || self.phone.is_some() || self.email.is_some()
    }
}

/// The longest label, in characters.
const LABEL: usize = 80;

impl Action for ProjectClientUpdate {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        // Whoever signs in holds themselves before their projects.
        if let (true, Some(id)) = (self.card.changes(), self.id)
            && let Some(place) = client_place(work.connection(), staff.company, id).await?
        {
            hold_identity(work.connection(), place.identity).await?;
        }
        let (place, project) = found(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        let mut settings = self.settings.clone();
        if let Some(Some(label)) = &settings.label {
            settings.label = Some(Some(check::text("label", label, LABEL)?));
        }
        if self.change.access_level.is_some() {
            refuse_invited(work, &place).await?;
        }
        let changed = [self.change.names(), settings.names()].concat();
        change_place(work.connection(), place.id, self.change.clone()).await?;
        change_settings(work.connection(), staff.company, &place, settings).await?;
        if self.card.changes() {
            let CardChange { name, phone, email } = self.card.clone();
            let kind = ContactKind::Client;
            ClientUpdate { kind, contact: place.contact, name, phone, email }.write(work).await?;
        }
        let happened = Happened::new(ActivityKind::ProjectClientChanged)
            .in_project(staff.company, project.id)
            .to(SubjectKind::ProjectMembership, place.id)
            .with(json!({ "changed": changed }));
        work.record(happened).await?;
        Ok(place.id)
    }
}

/// The portal is opened and closed by invitations alone; what there is beside it, mail or nothing, is for those who have none.
async fn refuse_invited(work: &mut Work<'_>, place: &ClientPlace) -> Result<(), ActionError> {
    let Some(living) = lock_invitation_of(work.connection(), place.id).await? else { return Ok(()) };
    let message = format!("the invitation is {}: take it back, or the place away", living.state_at(work.now()));
    Err(Refusal::of(RefusalCode::InvalidState, "emailOnly", message).into())
}

/// Takes a client's place away: they are out at their next request (INV-23); what they did stays, and so does their card
/// (INV-24, INV-25).
#[derive(Debug, Clone)]
pub struct ProjectClientRemove {
    /// Whose.
    pub id: Option<ProjectMembershipId>,
}

impl Action for ProjectClientRemove {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let (place, project) = found(work, &staff, self.id).await?;
        leave(work, &staff, &project, &place).await?;
        Ok(project.id)
    }
}

async fn leave(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    project: &LockedProject,
    place: &ClientPlace,
) -> Result<(), ActionError> {
    let now = work.now();
    if let Some(invitation) = lock_invitation_of(work.connection(), place.id).await? {
        let state = match invitation.state {
            InvitationState::Accepted => InvitationState::Revoked,
            _ => InvitationState::Removed,
        };
        void_links_of(work.connection(), invitation.id, now).await?;
        end_invitation(work.connection(), &invitation, state, now).await?;
    }
    remove_place(work.connection(), place.id, now).await?;
    let happened = Happened::new(ActivityKind::ProjectClientRemoved)
        .in_project(staff.company, project.id)
        .to(SubjectKind::ProjectMembership, place.id)
        .told_to(&["CLIENT"]);
    work.record(happened).await
}

/// Puts another person in a client's place: the one goes, and the other comes, with a place of their own (ACC-19).
#[derive(Debug, Clone, Serialize)]
pub struct ProjectClientReplace {
    /// Whose place.
    pub id: Option<ProjectMembershipId>,
    /// The card of whoever comes.
    pub contact: Option<ContactId>,
    /// Whether they are invited at once.
    pub invite: bool,
    /// By which a repetition is known.
    pub idempotency_key: String,
}

impl Action for ProjectClientReplace {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let (place, project) = found(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        leave(work, &staff, &project, &place).await?;
        let newcomer = Newcomer {
            contact: self.contact,
            relationship: place.relationship,
            can_see_status: true,
            can_pay: true,
            is_primary: place.is_primary,
        };
        let new = newcomer.come(work, &staff, &project).await?;
        if self.invite {
            invite::send(work, &staff, &project, &new.invitee()).await?;
        }
        work.answer(&self.idempotency_key, &new.id).await?;
        Ok(new.id)
    }
}

/// Makes a client the one who clears updates (INV-21). Nobody is told (INV-22).
#[derive(Debug, Clone)]
pub struct ProjectClientMakePrimary {
    /// Whose place.
    pub id: Option<ProjectMembershipId>,
}

impl Action for ProjectClientMakePrimary {
    type Done = ProjectMembershipId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectMembershipId, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let (place, project) = found(work, &staff, self.id).await?;
        invite::refuse_closed(&project)?;
        make_primary(work.connection(), project.id, place.id).await?;
        let happened = Happened::new(ActivityKind::PrimaryClientChanged)
            .in_project(staff.company, project.id)
            .to(SubjectKind::ProjectMembership, place.id);
        work.record(happened).await?;
        Ok(place.id)
    }
}
