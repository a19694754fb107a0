//! Clients' memberships of projects, as actions read and write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::people::{InvitationState, SummaryFrequency};
use portico_core::projects::{AccessLevel, ClientRelationship, MembershipKind, ProjectStatus};

use crate::StoreError;
use crate::schema::base::{contacts, identities, invitations, project_client_settings, project_memberships, projects};

/// A project whose members are being changed.
#[derive(Debug, Clone, Queryable)]
pub struct LockedProject {
    /// The project.
    pub id: ProjectId,
    /// The name.
    pub name: String,
    /// The state.
    pub status: ProjectStatus,
}

/// A company's project, locked, so that changes of its members and the limit of invitations are serialized (INV-5).
///
/// # Errors
///
/// [`StoreError`] if the query fails.
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

/// A client's membership of a project, with the data of an invitation mail.
#[derive(Debug, Clone, Queryable)]
pub struct ClientMembership {
    /// The membership.
    pub id: ProjectMembershipId,
    /// The project.
    pub project: ProjectId,
    /// The client's contact.
    pub contact: ContactId,
    /// The person.
    pub identity: IdentityId,
    /// The relationship to the project.
    pub relationship: ClientRelationship,
    /// Whether this is the primary client.
    pub is_primary: bool,
    /// The email address.
    pub email: String,
    /// The name.
    pub name: String,
    /// When the user claimed the account; none if unclaimed.
    pub claimed_at: Option<DateTime<Utc>>,
}

impl ClientMembership {
    /// The client as the recipient of an invitation.
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

/// The recipient of an invitation: a client or a trade partner.
#[derive(Debug, Clone, Queryable)]
pub struct Invitee {
    /// The membership.
    pub membership: ProjectMembershipId,
    /// The person.
    pub identity: IdentityId,
    /// Client or trade partner.
    pub kind: MembershipKind,
    /// The email address.
    pub email: String,
    /// The name on the company's contact.
    pub name: String,
    /// When the user claimed the account; none if unclaimed.
    pub claimed_at: Option<DateTime<Utc>>,
}

/// The current membership with this id, as the recipient of an invitation.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
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

/// Current memberships of clients as [`ClientMembership`] has them.
macro_rules! client_memberships {
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
                // The name on this company's contact: those of other companies are secret.
                contacts::name,
                identities::claimed_at,
            ))
    };
}

/// A client's membership of a company's project, by id.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn client_membership(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ProjectMembershipId,
) -> Result<Option<ClientMembership>, StoreError> {
    let membership = client_memberships!(company).filter(project_memberships::id.eq(id));
    Ok(membership.first(connection).await.optional()?)
}

/// Memberships of a project's clients, in the order in which they were added.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn client_memberships_of(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
) -> Result<Vec<ClientMembership>, StoreError> {
    let memberships = client_memberships!(company).filter(project_memberships::project_id.eq(project));
    Ok(memberships.order(project_memberships::id).load(connection).await?)
}

/// A contact's membership of a project.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn client_membership_of(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
    contact: ContactId,
) -> Result<Option<ClientMembership>, StoreError> {
    let membership = client_memberships!(company)
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::contact_id.eq(contact));
    Ok(membership.first(connection).await.optional()?)
}

/// Whether this company has ever invited the person, and whether another company has a pending or accepted invitation.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
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

/// Changes of a client's membership; none keeps the current value.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = project_memberships)]
pub struct MembershipChange {
    /// The relationship to the project.
    pub relationship: Option<ClientRelationship>,
    /// Whether the client may see status reports.
    pub can_see_status: Option<bool>,
    /// Whether the client may make payments.
    pub can_pay: Option<bool>,
    /// The access level.
    pub access_level: Option<AccessLevel>,
}

impl MembershipChange {
    /// Names of the changed fields.
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

/// Changes a client's membership.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_membership(
    connection: &mut AsyncPgConnection,
    id: ProjectMembershipId,
    change: MembershipChange,
) -> Result<(), StoreError> {
    if change.names().is_empty() {
        return Ok(());
    }
    diesel::update(project_memberships::table.find(id)).set(change).execute(connection).await?;
    Ok(())
}

/// Changes of label and notification defaults; none keeps the current value, `Some(None)` clears it.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = project_client_settings)]
pub struct SettingsChange {
    /// The label for staff.
    pub label: Option<Option<String>>,
    /// Default of immediate alerts.
    pub instant_alerts: Option<Option<bool>>,
    /// Default frequency of summary mails.
    pub summary_frequency: Option<Option<SummaryFrequency>>,
}

impl SettingsChange {
    /// Names of the changed fields.
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

/// Changes label and notification defaults of a client (ACC-18, RULE-1).
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_settings(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    membership: &ClientMembership,
    change: SettingsChange,
) -> Result<(), StoreError> {
    if change.names().is_empty() {
        return Ok(());
    }
    diesel::insert_into(project_client_settings::table)
        .values((
            project_client_settings::membership_id.eq(membership.id),
            project_client_settings::company_id.eq(company),
            project_client_settings::project_id.eq(membership.project),
        ))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    diesel::update(project_client_settings::table.find(membership.id)).set(change).execute(connection).await?;
    Ok(())
}

/// Removes a member from a project. The row stays for the history (INV-24).
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn remove_membership(
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

/// Makes one client of a project the only primary one (INV-21).
///
/// # Errors
///
/// [`StoreError`] if the write fails.
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
    let membership = project_memberships::table.find(id);
    diesel::update(membership).set(project_memberships::is_primary.eq(true)).execute(connection).await?;
    Ok(())
}
