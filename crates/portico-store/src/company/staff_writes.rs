//! A company's staff, as actions change it. The caller locks the company.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::{PermissionSet, Role};
use portico_core::id::{CompanyId, IdentityId, InvitationId, ProjectId, StaffMembershipId, TeamMemberId};
use portico_core::invitations::{INVITATION_LIFE, InvitationState};
use portico_core::mail::MailJob;
use portico_core::projects::ProjectStatus;
use portico_store_macros::row_change;

use crate::jobs::withdraw;
use crate::schema::base::{
    api_keys, identities, projects, sessions, staff_invitations, staff_memberships, team_members,
};
use crate::{Differences, StoreError};

/// A staff membership to insert.
#[derive(Debug, Clone)]
pub struct NewStaff {
    /// The company.
    pub company: CompanyId,
    /// The person.
    pub identity: IdentityId,
    /// Owner or staff.
    pub role: Role,
    /// The job title.
    pub title: String,
    /// The permissions.
    pub permissions: PermissionSet,
}

/// Inserts a staff membership.
///
/// # Errors
///
/// [`StoreError::Taken`] if the person is a member already.
pub async fn insert_staff(connection: &mut AsyncPgConnection, new: &NewStaff) -> Result<StaffMembershipId, StoreError> {
    let id = StaffMembershipId::generate();
    let row = (
        staff_memberships::id.eq(id),
        staff_memberships::company_id.eq(new.company),
        staff_memberships::identity_id.eq(new.identity),
        staff_memberships::role.eq(new.role),
        staff_memberships::title.eq(&new.title),
        staff_memberships::permissions.eq(new.permissions),
    );
    diesel::insert_into(staff_memberships::table).values(row).execute(connection).await?;
    Ok(id)
}

/// A staff invitation to insert.
#[derive(Debug, Clone)]
pub struct NewStaffInvitation {
    /// The company.
    pub company: CompanyId,
    /// The membership.
    pub membership: StaffMembershipId,
    /// The name, as the company writes it.
    pub name: String,
    /// The address, as the company writes it.
    pub email: String,
    /// The sender; none for a command.
    pub invited_by: Option<StaffMembershipId>,
    /// The time.
    pub at: DateTime<Utc>,
}

/// Inserts the invitation of a membership.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_staff_invitation(
    connection: &mut AsyncPgConnection,
    new: &NewStaffInvitation,
) -> Result<InvitationId, StoreError> {
    let id = InvitationId::generate();
    let row = (
        staff_invitations::id.eq(id),
        staff_invitations::company_id.eq(new.company),
        staff_invitations::membership_id.eq(new.membership),
        staff_invitations::name.eq(&new.name),
        staff_invitations::email.eq(&new.email),
        staff_invitations::invited_by.eq(new.invited_by),
        staff_invitations::sent_at.eq(new.at),
        staff_invitations::expires_at.eq(new.at + INVITATION_LIFE),
    );
    diesel::insert_into(staff_invitations::table).values(row).execute(connection).await?;
    Ok(id)
}

/// A current membership, with its invitation.
#[derive(Debug, Clone, Queryable)]
pub struct CurrentStaff {
    /// The membership.
    pub id: StaffMembershipId,
    /// The person.
    pub identity: IdentityId,
    /// Owner or staff.
    pub role: Role,
    /// Granted permissions, by name.
    pub permissions: Vec<String>,
    /// The invitation; none if the membership is older than invitations.
    pub invitation: Option<CurrentStaffInvitation>,
}

/// The invitation of a membership.
#[derive(Debug, Clone, Queryable)]
pub struct CurrentStaffInvitation {
    /// The invitation.
    pub id: InvitationId,
    /// The name, as the company writes it.
    pub name: String,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
    /// When it was accepted.
    pub accepted_at: Option<DateTime<Utc>>,
}

impl CurrentStaff {
    /// The state of the invitation at a time.
    pub fn state_at(&self, now: DateTime<Utc>) -> InvitationState {
        match &self.invitation {
            Some(sent) if sent.accepted_at.is_none() && sent.expires_at <= now => InvitationState::Expired,
            Some(sent) if sent.accepted_at.is_none() => InvitationState::Invited,
            _ => InvitationState::Accepted,
        }
    }
}

/// A company's current member of staff, or a person invited to it.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_staff(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: StaffMembershipId,
) -> Result<Option<CurrentStaff>, StoreError> {
    let current = staff_memberships::table
        .left_join(staff_invitations::table.on(staff_invitations::membership_id.eq(staff_memberships::id)))
        .filter(staff_memberships::id.eq(id))
        .filter(staff_memberships::company_id.eq(company))
        .filter(staff_memberships::removed_at.is_null())
        .select((
            staff_memberships::id,
            staff_memberships::identity_id,
            staff_memberships::role,
            staff_memberships::permissions,
            (
                staff_invitations::id,
                staff_invitations::name,
                staff_invitations::expires_at,
                staff_invitations::accepted_at,
            )
                .nullable(),
        ));
    Ok(current.first(connection).await.optional()?)
}

/// The number of other owners who can sign in. Invited owners do not count: they may never accept.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_other_owners(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    but: StaffMembershipId,
) -> Result<i64, StoreError> {
    let is_pending = staff_invitations::table
        .filter(staff_invitations::membership_id.eq(staff_memberships::id))
        .filter(staff_invitations::accepted_at.is_null());
    let others = staff_memberships::table
        .inner_join(identities::table)
        .filter(staff_memberships::company_id.eq(company))
        .filter(staff_memberships::id.ne(but))
        .filter(staff_memberships::role.eq(Role::Owner))
        .filter(staff_memberships::removed_at.is_null())
        .filter(identities::disabled_at.is_null())
        .filter(not(exists(is_pending)));
    Ok(others.count().get_result(connection).await?)
}

/// Changes of a staff membership; none keeps the current value.
#[row_change(staff_memberships, StaffMembershipId)]
pub struct StaffChange {
    /// The job title.
    pub title: Option<String>,
    /// Owner or staff.
    pub role: Option<Role>,
    /// The new permissions.
    pub permissions: Option<PermissionSet>,
}

/// Changes a membership. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_staff(
    connection: &mut AsyncPgConnection,
    id: StaffMembershipId,
    change: StaffChange,
) -> Result<Differences<StaffChange>, StoreError> {
    let differences = change.differences(connection, id).await?;
    if !differences.is_empty() {
        diesel::update(staff_memberships::table.find(id)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// Removes a membership, ends its sessions, revokes the API keys created in its name, and withdraws its invitation's
/// mail if still queued.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn remove_staff(
    connection: &mut AsyncPgConnection,
    id: StaffMembershipId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    diesel::update(staff_memberships::table.find(id))
        .set(staff_memberships::removed_at.eq(at))
        .execute(connection)
        .await?;
    let invited =
        staff_invitations::table.filter(staff_invitations::membership_id.eq(id)).select(staff_invitations::id);
    if let Some(invitation) = invited.first::<InvitationId>(connection).await.optional()? {
        withdraw::<MailJob>(connection, invitation.0, at).await?;
    }
    let open = sessions::table.filter(sessions::staff_membership_id.eq(id)).filter(sessions::revoked_at.is_null());
    diesel::update(open).set(sessions::revoked_at.eq(at)).execute(connection).await?;
    let keys = api_keys::table.filter(api_keys::created_by.eq(id)).filter(api_keys::revoked_at.is_null());
    diesel::update(keys).set(api_keys::revoked_at.eq(at)).execute(connection).await?;
    Ok(())
}

/// Removes a member of staff from the teams of the company's projects, except archived ones, which are read-only.
/// Returns the removed team members.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn leave_teams(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: StaffMembershipId,
) -> Result<Vec<(ProjectId, TeamMemberId)>, StoreError> {
    let open = projects::table
        .filter(projects::company_id.eq(company))
        .filter(projects::status.ne(ProjectStatus::Archived))
        .select(projects::id);
    let left = team_members::table
        .filter(team_members::staff_membership_id.eq(id))
        .filter(team_members::project_id.eq_any(open));
    let left = diesel::delete(left).returning((team_members::project_id, team_members::id));
    Ok(left.get_results(connection).await?)
}

/// Reopens an invitation for its full lifetime, and withdraws its earlier mail if still queued.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn reopen_staff_invitation(
    connection: &mut AsyncPgConnection,
    id: InvitationId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    withdraw::<MailJob>(connection, id.0, at).await?;
    let set = (staff_invitations::sent_at.eq(at), staff_invitations::expires_at.eq(at + INVITATION_LIFE));
    diesel::update(staff_invitations::table.find(id)).set(set).execute(connection).await?;
    Ok(())
}

/// Accepts the pending invitation of a membership, if there is one, and returns it.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn accept_staff_invitation(
    connection: &mut AsyncPgConnection,
    membership: StaffMembershipId,
    at: DateTime<Utc>,
) -> Result<Option<InvitationId>, StoreError> {
    let open = staff_invitations::table
        .filter(staff_invitations::membership_id.eq(membership))
        .filter(staff_invitations::accepted_at.is_null());
    let set = staff_invitations::accepted_at.eq(at);
    let accepted = diesel::update(open).set(set).returning(staff_invitations::id);
    Ok(accepted.get_result(connection).await.optional()?)
}

/// The membership of an invitation.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn membership_of_invitation(
    connection: &mut AsyncPgConnection,
    id: InvitationId,
) -> Result<Option<StaffMembershipId>, StoreError> {
    let known = staff_invitations::table.find(id).select(staff_invitations::membership_id);
    Ok(known.first(connection).await.optional()?)
}
