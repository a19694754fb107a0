//! Clients' memberships in projects, as actions read and write them.

use chrono::{DateTime, Utc};
use diesel::dsl::not;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::projects::{AccessLevel, ClientRelationship, MembershipKind, ProjectStatus};

use super::client_rows::{MembershipChange, SettingsChange};
use crate::schema::base::{contacts, identities, project_client_settings, project_memberships, projects};
use crate::{Differences, StoreError};

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

/// A client's membership in a project, with the data of an invitation mail.
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
    /// The access level.
    pub access_level: AccessLevel,
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
                project_memberships::access_level,
                identities::email,
                // The name on this company's contact: those of other companies are secret.
                contacts::name,
                identities::claimed_at,
            ))
    };
}

/// A client's membership in a company's project, by id.
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

/// A contact's membership in a project.
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

/// Changes a client's membership. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_membership(
    connection: &mut AsyncPgConnection,
    id: ProjectMembershipId,
    change: MembershipChange,
) -> Result<Differences<MembershipChange>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        diesel::update(project_memberships::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// Changes label and notification defaults of a client (ACC-18, RULE-1). Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_settings(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    membership: &ClientMembership,
    change: SettingsChange,
) -> Result<Differences<SettingsChange>, StoreError> {
    let differences = change.differences(connection, membership.id).await?;
    if differences.is_empty() {
        return Ok(differences);
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
    let settings = project_client_settings::table.find(membership.id);
    diesel::update(settings).set(&differences.change).execute(connection).await?;
    Ok(differences)
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

/// Makes one client of a project the only primary one (INV-21). False if it is already.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn make_primary(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    id: ProjectMembershipId,
) -> Result<bool, StoreError> {
    let others = project_memberships::table
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::is_primary)
        .filter(project_memberships::id.ne(id));
    diesel::update(others).set(project_memberships::is_primary.eq(false)).execute(connection).await?;
    let membership = project_memberships::table.find(id).filter(not(project_memberships::is_primary));
    Ok(diesel::update(membership).set(project_memberships::is_primary.eq(true)).execute(connection).await? == 1)
}
