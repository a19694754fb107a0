//! Invitations to projects, as actions write them.
//!
//! Changes of a project's invitations lock its row, so that the limit holds under concurrency (INV-5).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId, InvitationId, ProjectId, ProjectMembershipId, StaffMembershipId};
use portico_core::invitations::{INVITATION_LIFE, InvitationState};
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::projects::MembershipKind;

use crate::StoreError;
use crate::jobs::withdraw;
use crate::memberships::set_access;
use crate::schema::base::{invitations, project_memberships};
use crate::schema::writing::invited_people;

/// An invitation, as stored.
#[derive(Debug, Clone, Queryable)]
pub struct StoredInvitation {
    /// The invitation.
    pub id: InvitationId,
    /// The owner.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The membership.
    pub membership: ProjectMembershipId,
    /// The state.
    pub state: InvitationState,
    /// The template of the mail.
    pub template: MailTemplate,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
}

impl StoredInvitation {
    /// The state at a time: the worker may not have expired it yet.
    pub fn state_at(&self, now: DateTime<Utc>) -> InvitationState {
        match self.state {
            InvitationState::Invited if self.expires_at <= now => InvitationState::Expired,
            state => state,
        }
    }
}

/// Invitations as [`StoredInvitation`] has them.
macro_rules! stored {
    () => {
        invitations::table.select((
            invitations::id,
            invitations::company_id,
            invitations::project_id,
            invitations::membership_id,
            invitations::state,
            invitations::template,
            invitations::expires_at,
        ))
    };
}

pub(super) use stored;

/// A company's invitation. The caller locks its project before changing it.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_invitation(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: InvitationId,
) -> Result<Option<StoredInvitation>, StoreError> {
    let own = stored!().filter(invitations::id.eq(id)).filter(invitations::company_id.eq(company));
    Ok(own.first(connection).await.optional()?)
}

/// Whether an invitation is a client's or a trade partner's.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn kind_of_invitation(
    connection: &mut AsyncPgConnection,
    id: InvitationId,
) -> Result<Option<MembershipKind>, StoreError> {
    let kind = invitations::table
        .inner_join(project_memberships::table.on(project_memberships::id.eq(invitations::membership_id)))
        .filter(invitations::id.eq(id))
        .select(project_memberships::kind);
    Ok(kind.first(connection).await.optional()?)
}

/// The current invitation of a membership, locked.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_invitation_of(
    connection: &mut AsyncPgConnection,
    membership: ProjectMembershipId,
) -> Result<Option<StoredInvitation>, StoreError> {
    let living = stored!().filter(invitations::membership_id.eq(membership)).filter(invitations::ended_at.is_null());
    Ok(living.for_update().first(connection).await.optional()?)
}

/// The number of pending and accepted client invitations of a project. Trade partners do not count (ORG-3). The caller has locked
/// the project.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn slots_taken(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    accept_for_open_sessions(connection, &[project], now).await?;
    let is_open = invitations::state.eq(InvitationState::Invited).and(invitations::expires_at.gt(now));
    let taken = invitations::table
        .inner_join(project_memberships::table.on(project_memberships::id.eq(invitations::membership_id)))
        .filter(project_memberships::kind.eq(MembershipKind::Client))
        .filter(invitations::project_id.eq(project))
        .filter(invitations::state.eq(InvitationState::Accepted).or(is_open));
    Ok(taken.count().get_result(connection).await?)
}

/// A person with an open session accepts without a link.
const ACCEPT_WHO_WAS_THERE: &str = "update invitations n set state = 'ACCEPTED', accepted_at = s.last_seen_at
    from project_memberships m join sessions s on s.identity_id = m.identity_id and s.actor = m.kind
    where n.membership_id = m.id and n.project_id = any ($2) and n.state = 'INVITED' and n.expires_at <= $1
        and s.last_seen_at > n.sent_at";

/// In locked projects, so that no other transaction counts their invitations meanwhile.
pub(super) async fn accept_for_open_sessions(
    connection: &mut AsyncPgConnection,
    projects: &[ProjectId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let accept = diesel::sql_query(ACCEPT_WHO_WAS_THERE).bind::<Timestamptz, _>(now);
    accept.bind::<Array<SqlUuid>, _>(projects).execute(connection).await?;
    Ok(())
}

/// An invitation to insert.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The id.
    pub id: InvitationId,
    /// The owner.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The membership.
    pub membership: ProjectMembershipId,
    /// The template of the mail.
    pub template: MailTemplate,
    /// The member of staff who sends it.
    pub invited_by: StaffMembershipId,
    /// The time.
    pub at: DateTime<Utc>,
}

/// Inserts an invitation, and grants its membership access (INV-3).
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_invitation(connection: &mut AsyncPgConnection, new: &NewInvitation) -> Result<(), StoreError> {
    let row = (
        invitations::id.eq(new.id),
        invitations::company_id.eq(new.company),
        invitations::project_id.eq(new.project),
        invitations::membership_id.eq(new.membership),
        invitations::state.eq(InvitationState::Invited),
        invitations::template.eq(new.template),
        invitations::invited_by.eq(new.invited_by),
        invitations::sent_at.eq(new.at),
        invitations::expires_at.eq(new.at + INVITATION_LIFE),
    );
    diesel::insert_into(invitations::table).values(row).execute(connection).await?;
    set_access(connection, &[new.membership], true).await
}

/// Resends an invitation: another mail, another fourteen days.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn reopen_invitation(
    connection: &mut AsyncPgConnection,
    invitation: &StoredInvitation,
    template: MailTemplate,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let set = (
        invitations::state.eq(InvitationState::Invited),
        invitations::template.eq(template),
        invitations::sent_at.eq(at),
        invitations::expires_at.eq(at + INVITATION_LIFE),
    );
    diesel::update(invitations::table.find(invitation.id)).set(set).execute(connection).await?;
    withdraw::<MailJob>(connection, invitation.id.0, at).await?;
    set_access(connection, &[invitation.membership], true).await
}

/// Ends an invitation, withdraws its mail if still queued, and revokes its membership's access.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn end_invitation(
    connection: &mut AsyncPgConnection,
    invitation: &StoredInvitation,
    state: InvitationState,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let set = (invitations::state.eq(state), invitations::ended_at.eq(at));
    diesel::update(invitations::table.find(invitation.id)).set(set).execute(connection).await?;
    withdraw::<MailJob>(connection, invitation.id.0, at).await?;
    set_access(connection, &[invitation.membership], false).await
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
    let of_person = || invited_people::table.filter(invited_people::identity_id.eq(identity));
    let by_us = of_person().filter(invited_people::company_id.eq(company));
    let is_open = invited_people::state.eq(InvitationState::Invited).and(invited_people::expires_at.gt(now));
    let by_others = of_person()
        .filter(invited_people::company_id.ne(company))
        .filter(invited_people::state.eq(InvitationState::Accepted).or(is_open));
    let both = diesel::select((diesel::dsl::exists(by_us), diesel::dsl::exists(by_others)));
    Ok(both.get_result(connection).await?)
}
