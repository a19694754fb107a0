//! Invitations to projects, as actions write them.
//!
//! Changes of a project's invitations lock its row, so that the limit holds under concurrency (INV-5).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId, InvitationId, ProjectId, ProjectMembershipId, StaffMembershipId};
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::people::{INVITATION_LIFE, InvitationState};
use portico_core::projects::MembershipKind;

use crate::StoreError;
use crate::jobs::withdraw;
use crate::schema::base::{invitations, project_memberships, projects};

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

/// A client's access is the access level, a trade partner's the web access of the membership.
const SET_ACCESS: &str = "update project_memberships set
    access_level = case when kind <> 'CLIENT' then access_level when $2 then 'PORTAL' else 'NONE' end,
    web_access = kind = 'TRADE' and $2
    where id = any ($1)";

/// Grants or revokes members' access to a project.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn set_access(
    connection: &mut AsyncPgConnection,
    memberships: &[ProjectMembershipId],
    is_open: bool,
) -> Result<(), StoreError> {
    let set = diesel::sql_query(SET_ACCESS).bind::<Array<SqlUuid>, _>(memberships);
    set.bind::<Bool, _>(is_open).execute(connection).await?;
    Ok(())
}

diesel::define_sql_function! {
    /// The current time, rather than that of the transaction's start.
    fn clock_timestamp() -> Timestamptz;
}

/// Accepts a person's pending invitations of a kind, to all projects or to some. Expired ones lose access. Returns the accepted
/// ones.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn settle_invitations(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    kind: MembershipKind,
    into: Option<&[ProjectId]>,
    now: DateTime<Utc>,
) -> Result<Vec<StoredInvitation>, StoreError> {
    let memberships: Vec<ProjectMembershipId> = {
        let mut memberships = project_memberships::table
            .filter(project_memberships::identity_id.eq(identity))
            .filter(project_memberships::kind.eq(kind))
            .filter(project_memberships::removed_at.is_null())
            .select(project_memberships::id)
            .into_boxed();
        if let Some(projects) = into {
            memberships = memberships.filter(project_memberships::project_id.eq_any(projects.to_vec()));
        }
        memberships.load(connection).await?
    };
    // Serialized with counting the limit: an invitation that was counted as expired must not be accepted (INV-5).
    let invited = invitations::table
        .filter(invitations::state.eq(InvitationState::Invited))
        .filter(invitations::membership_id.eq_any(&memberships));
    let held: Vec<ProjectId> = projects::table
        .filter(projects::id.eq_any(invited.select(invitations::project_id)))
        .order(projects::id)
        .select(projects::id)
        .for_no_key_update()
        .load(connection)
        .await?;
    let now = now.max(diesel::select(clock_timestamp()).get_result(connection).await?);
    accept_for_open_sessions(connection, &held, now).await?;
    let open: Vec<StoredInvitation> = stored!()
        .filter(invitations::state.eq(InvitationState::Invited))
        .filter(invitations::membership_id.eq_any(&memberships))
        .order(invitations::id)
        .for_update()
        .load(connection)
        .await?;
    let (accepted, late): (Vec<_>, Vec<_>) =
        open.into_iter().partition(|invitation| invitation.state_at(now) == InvitationState::Invited);
    let ids: Vec<_> = accepted.iter().map(|invitation| invitation.id).collect();
    diesel::update(invitations::table.filter(invitations::id.eq_any(ids)))
        .set((invitations::state.eq(InvitationState::Accepted), invitations::accepted_at.eq(now)))
        .execute(connection)
        .await?;
    expire(connection, &late).await?;
    Ok(accepted)
}

/// A person with an open session accepts without a link.
const ACCEPT_FOR_OPEN_SESSIONS: &str = "update invitations n set state = 'ACCEPTED', accepted_at = s.last_seen_at
    from project_memberships m join sessions s on s.identity_id = m.identity_id and s.actor = m.kind
    where n.membership_id = m.id and n.project_id = any ($2) and n.state = 'INVITED' and n.expires_at <= $1
        and s.last_seen_at > n.sent_at";

/// In locked projects, so that no other transaction counts their invitations meanwhile.
async fn accept_for_open_sessions(
    connection: &mut AsyncPgConnection,
    projects: &[ProjectId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let accept = diesel::sql_query(ACCEPT_FOR_OPEN_SESSIONS).bind::<Timestamptz, _>(now);
    accept.bind::<Array<SqlUuid>, _>(projects).execute(connection).await?;
    Ok(())
}

/// Expires overdue invitations and revokes their access. Returns their number; called by the worker.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn expire_invitations(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let is_late = || invitations::state.eq(InvitationState::Invited).and(invitations::expires_at.le(now));
    let overdue = invitations::table.filter(is_late()).select(invitations::project_id);
    // A concurrent invitation expires them as well.
    let held: Vec<ProjectId> = projects::table
        .filter(projects::id.eq_any(overdue))
        .order(projects::id)
        .limit(100)
        .select(projects::id)
        .for_no_key_update()
        .skip_locked()
        .load(connection)
        .await?;
    accept_for_open_sessions(connection, &held, now).await?;
    let late: Vec<StoredInvitation> = stored!()
        .filter(is_late())
        .filter(invitations::project_id.eq_any(held))
        .order(invitations::id)
        .for_update()
        .load(connection)
        .await?;
    expire(connection, &late).await?;
    Ok(late.len())
}

async fn expire(connection: &mut AsyncPgConnection, late: &[StoredInvitation]) -> Result<(), StoreError> {
    if late.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = late.iter().map(|invitation| invitation.id).collect();
    let memberships: Vec<_> = late.iter().map(|invitation| invitation.membership).collect();
    diesel::update(invitations::table.filter(invitations::id.eq_any(ids)))
        .set(invitations::state.eq(InvitationState::Expired))
        .execute(connection)
        .await?;
    set_access(connection, &memberships, false).await
}
