//! Clients' places in projects, as actions find and change them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::people::{InvitationState, SummaryFrequency};
use portico_core::projects::{AccessLevel, ClientRelationship, MembershipKind, ProjectStatus};

use crate::StoreError;
use crate::schema::base::{contacts, identities, invitations, project_client_settings, project_memberships, projects};

/// A project whose places are being changed.
#[derive(Debug, Clone, Queryable)]
pub struct LockedProject {
    /// The project.
    pub id: ProjectId,
    /// What it is called.
    pub name: String,
    /// How it stands.
    pub status: ProjectStatus,
}

/// A company's project, locked: whoever changes its places takes turns, so that slots are counted one after the other however
/// many invite at the same time (INV-5).
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn lock_project(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
) -> Result<Option<LockedProject>, StoreError> {
    let locked: Option<ProjectId> = projects::table
        .filter(projects::id.eq(project))
        .filter(projects::company_id.eq(company))
        .select(projects::id)
        .for_no_key_update()
        .first(connection)
        .await
        .optional()?;
    let Some(id) = locked else { return Ok(None) };
    let read = projects::table.find(id).select((projects::id, projects::name, projects::status));
    Ok(Some(read.first(connection).await?))
}

/// A client's place in a project, with what an invitation says.
#[derive(Debug, Clone, Queryable)]
pub struct ClientPlace {
    /// The place.
    pub id: ProjectMembershipId,
    /// In which project.
    pub project: ProjectId,
    /// The company's card of the client.
    pub contact: ContactId,
    /// The person.
    pub identity: IdentityId,
    /// What they are to the project.
    pub relationship: ClientRelationship,
    /// Whether they clear updates.
    pub is_primary: bool,
    /// Where mail is sent.
    pub email: String,
    /// How they are called.
    pub name: String,
    /// Since when the account is theirs.
    pub claimed_at: Option<DateTime<Utc>>,
}

impl ClientPlace {
    /// The client as an invitation addresses them.
    pub fn invitee(&self) -> Invitee {
        Invitee {
            membership: self.id,
            identity: self.identity,
            kind: MembershipKind::Client,
            email: self.email.clone(),
            name: self.name.clone(),
            claimed_at: self.claimed_at,
        }
    }
}

/// A member of a project whom an invitation is sent to: a client or a trade partner.
#[derive(Debug, Clone, Queryable)]
pub struct Invitee {
    /// The membership.
    pub membership: ProjectMembershipId,
    /// The person.
    pub identity: IdentityId,
    /// Client or trade partner.
    pub kind: MembershipKind,
    /// Where mail is sent.
    pub email: String,
    /// The name on the company's contact.
    pub name: String,
    /// Since when the account is theirs.
    pub claimed_at: Option<DateTime<Utc>>,
}

/// The living membership of a company with this id, as an invitation addresses it.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn invitee(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    membership: ProjectMembershipId,
) -> Result<Option<Invitee>, StoreError> {
    let member = project_memberships::table
        .inner_join(identities::table.on(identities::id.eq(project_memberships::identity_id)))
        .inner_join(contacts::table.on(contacts::id.eq(project_memberships::contact_id)))
        .filter(project_memberships::company_id.eq(company))
        .filter(project_memberships::id.eq(membership))
        .filter(project_memberships::removed_at.is_null())
        .select((
            project_memberships::id,
            project_memberships::identity_id,
            project_memberships::kind,
            identities::email,
            contacts::name,
            identities::claimed_at,
        ));
    Ok(member.first(connection).await.optional()?)
}

/// Living places of clients as [`ClientPlace`] has them.
macro_rules! client_places {
    ($company:expr) => {
        project_memberships::table
            .inner_join(identities::table.on(identities::id.eq(project_memberships::identity_id)))
            .inner_join(contacts::table.on(contacts::id.eq(project_memberships::contact_id)))
            .filter(project_memberships::company_id.eq($company))
            .filter(project_memberships::kind.eq("CLIENT"))
            .filter(project_memberships::removed_at.is_null())
            .select((
                project_memberships::id,
                project_memberships::project_id,
                project_memberships::contact_id,
                project_memberships::identity_id,
                project_memberships::relationship.assume_not_null(),
                project_memberships::is_primary,
                identities::email,
                // As this company writes it: what another one calls them is none of its business.
                contacts::name,
                identities::claimed_at,
            ))
    };
}

/// A company's client's place, by its id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn client_place(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ProjectMembershipId,
) -> Result<Option<ClientPlace>, StoreError> {
    let place = client_places!(company).filter(project_memberships::id.eq(id));
    Ok(place.first(connection).await.optional()?)
}

/// All places of a project's clients, in the order in which they came.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn client_places_of(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
) -> Result<Vec<ClientPlace>, StoreError> {
    let places = client_places!(company).filter(project_memberships::project_id.eq(project));
    Ok(places.order(project_memberships::id).load(connection).await?)
}

/// The place of a contact in a project.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn client_place_of(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
    contact: ContactId,
) -> Result<Option<ClientPlace>, StoreError> {
    let place = client_places!(company)
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::contact_id.eq(contact));
    Ok(place.first(connection).await.optional()?)
}

/// Whether a person has ever been invited by this company, and whether there is an invitation by another one that is open or was
/// taken up.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn invited_by(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    identity: IdentityId,
    now: DateTime<Utc>,
) -> Result<(bool, bool), StoreError> {
    let of_person = || {
        invitations::table
            .inner_join(project_memberships::table.on(project_memberships::id.eq(invitations::membership_id)))
            .filter(project_memberships::identity_id.eq(identity))
    };
    let by_us = of_person().filter(invitations::company_id.eq(company));
    let is_open = invitations::state.eq(InvitationState::Invited).and(invitations::expires_at.gt(now));
    let by_others = of_person()
        .filter(invitations::company_id.ne(company))
        .filter(invitations::state.eq(InvitationState::Accepted).or(is_open));
    let both = diesel::select((diesel::dsl::exists(by_us), diesel::dsl::exists(by_others)));
    Ok(both.get_result(connection).await?)
}

/// What is to be changed of a client's place; what is none stays.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = project_memberships)]
pub struct PlaceChange {
    /// What they are to the project.
    pub relationship: Option<ClientRelationship>,
    /// Whether they may see the status reports.
    pub can_see_status: Option<bool>,
    /// Whether they may pay.
    pub can_pay: Option<bool>,
    /// How they hear of the project.
    pub access_level: Option<AccessLevel>,
}

impl PlaceChange {
    /// What it changes.
    pub fn names(&self) -> Vec<&'static str> {
        let Self { relationship, can_see_status, can_pay, access_level } = self;
        let all = [
            ("relationship", relationship.is_some()),
            ("canSeeStatus", can_see_status.is_some()),
            ("canPay", can_pay.is_some()),
            ("accessLevel", access_level.is_some()),
        ];
        all.into_iter().filter_map(|(name, is_changed)| is_changed.then_some(name)).collect()
    }
}

/// Changes a client's place.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn change_place(
    connection: &mut AsyncPgConnection,
    id: ProjectMembershipId,
    change: PlaceChange,
) -> Result<(), StoreError> {
    if change.names().is_empty() {
        return Ok(());
    }
    diesel::update(project_memberships::table.find(id)).set(change).execute(connection).await?;
    Ok(())
}

/// What is to be settled for a client in a project; what is none stays, and none within takes it away.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = project_client_settings)]
pub struct SettingsChange {
    /// How the company tells them apart.
    pub label: Option<Option<String>>,
    /// Whether they are told of news at once until they say so themselves.
    pub instant_alerts: Option<Option<bool>>,
    /// How often the news is summed up for them until they say so themselves.
    pub summary_frequency: Option<Option<SummaryFrequency>>,
}

impl SettingsChange {
    /// What it changes.
    pub fn names(&self) -> Vec<&'static str> {
        let Self { label, instant_alerts, summary_frequency } = self;
        let all = [
            ("label", label.is_some()),
            ("instantAlerts", instant_alerts.is_some()),
            ("summaryFrequency", summary_frequency.is_some()),
        ];
        all.into_iter().filter_map(|(name, is_changed)| is_changed.then_some(name)).collect()
    }
}

/// Settles something for a client in a project (ACC-18, RULE-1).
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn change_settings(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    place: &ClientPlace,
    change: SettingsChange,
) -> Result<(), StoreError> {
    if change.names().is_empty() {
        return Ok(());
    }
    diesel::insert_into(project_client_settings::table)
        .values((
            project_client_settings::membership_id.eq(place.id),
            project_client_settings::company_id.eq(company),
            project_client_settings::project_id.eq(place.project),
        ))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    diesel::update(project_client_settings::table.find(place.id)).set(change).execute(connection).await?;
    Ok(())
}

/// Removes a member from a project. The row stays, and with it all that they have done (INV-24).
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn remove_place(
    connection: &mut AsyncPgConnection,
    id: ProjectMembershipId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let set = (
        project_memberships::removed_at.eq(at),
        project_memberships::is_primary.eq(false),
        project_memberships::access_level.eq("NONE"),
        project_memberships::web_access.eq(false),
    );
    diesel::update(project_memberships::table.find(id)).set(set).execute(connection).await?;
    Ok(())
}

/// Makes one place of a project the primary one, and no other (INV-21).
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn make_primary(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    id: ProjectMembershipId,
) -> Result<(), StoreError> {
    let others = project_memberships::table
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::is_primary)
        .filter(project_memberships::id.ne(id));
    diesel::update(others).set(project_memberships::is_primary.eq(false)).execute(connection).await?;
    let place = project_memberships::table.find(id);
    diesel::update(place).set(project_memberships::is_primary.eq(true)).execute(connection).await?;
    Ok(())
}
