//! Invitations into projects, as actions write them.
//!
//! Whoever changes the slots of a project holds its row locked, so that slots are counted one after the other however many
//! invite at the same time (INV-5).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId, InvitationId, ProjectId, ProjectMembershipId, StaffMembershipId};
use portico_core::mail::MailTemplate;
use portico_core::people::{INVITATION_LIFE, InvitationState};

use crate::StoreError;
use crate::schema::base::{invitations, project_memberships, projects};

/// An invitation as it stands.
#[derive(Debug, Clone, Queryable)]
pub struct KeptInvitation {
    /// The invitation.
    pub id: InvitationId,
    /// Whose.
    pub company: CompanyId,
    /// Into what.
    pub project: ProjectId,
    /// For which place.
    pub membership: ProjectMembershipId,
    /// How it stands.
    pub state: InvitationState,
    /// Which mail was sent.
    pub template: MailTemplate,
    /// Until when it is open.
    pub expires_at: DateTime<Utc>,
}

impl KeptInvitation {
    /// How it stands at a moment: the worker may not have been by yet.
    pub fn state_at(&self, now: DateTime<Utc>) -> InvitationState {
        match self.state {
            InvitationState::Invited if self.expires_at <= now => InvitationState::Expired,
            state => state,
        }
    }
}

/// Invitations as [`KeptInvitation`] has them.
macro_rules! kept {
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

/// A company's invitation. Who changes it has its project locked.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn find_invitation(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: InvitationId,
) -> Result<Option<KeptInvitation>, StoreError> {
    let own = kept!().filter(invitations::id.eq(id)).filter(invitations::company_id.eq(company));
    Ok(own.first(connection).await.optional()?)
}

/// The living invitation of a place, locked.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn lock_invitation_of(
    connection: &mut AsyncPgConnection,
    membership: ProjectMembershipId,
) -> Result<Option<KeptInvitation>, StoreError> {
    let living = kept!().filter(invitations::membership_id.eq(membership)).filter(invitations::ended_at.is_null());
    Ok(living.for_update().first(connection).await.optional()?)
}

/// How many slots of a project are taken: open invitations and accepted ones. The project is locked by whoever asks.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn slots_taken(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    accept_who_was_there(connection, &[project], now).await?;
    let is_open = invitations::state.eq(InvitationState::Invited).and(invitations::expires_at.gt(now));
    let taken = invitations::table
        .filter(invitations::project_id.eq(project))
        .filter(invitations::state.eq(InvitationState::Accepted).or(is_open));
    Ok(taken.count().get_result(connection).await?)
}

/// An invitation to be sent.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// Its id.
    pub id: InvitationId,
    /// Whose.
    pub company: CompanyId,
    /// Into what.
    pub project: ProjectId,
    /// For which place.
    pub membership: ProjectMembershipId,
    /// Which mail was sent.
    pub template: MailTemplate,
    /// Who sent it.
    pub invited_by: StaffMembershipId,
    /// When.
    pub at: DateTime<Utc>,
}

/// Writes an invitation, and opens the portal to the place that it is for (INV-3).
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
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
    set_access(connection, new.membership, true).await
}

/// Opens an invitation anew: another mail, another fourteen days.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn reopen_invitation(
    connection: &mut AsyncPgConnection,
    invitation: &KeptInvitation,
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
    set_access(connection, invitation.membership, true).await
}

/// Ends an invitation, and closes the portal to its place.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn end_invitation(
    connection: &mut AsyncPgConnection,
    invitation: &KeptInvitation,
    state: InvitationState,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let set = (invitations::state.eq(state), invitations::ended_at.eq(at));
    diesel::update(invitations::table.find(invitation.id)).set(set).execute(connection).await?;
    set_access(connection, invitation.membership, false).await
}

async fn set_access(
    connection: &mut AsyncPgConnection,
    membership: ProjectMembershipId,
    is_open: bool,
) -> Result<(), StoreError> {
    let level = if is_open { "PORTAL" } else { "NONE" };
    diesel::update(project_memberships::table.find(membership))
        .set(project_memberships::access_level.eq(level))
        .execute(connection)
        .await?;
    Ok(())
}

diesel::define_sql_function! {
    /// The time as it is, and not as it was when the transaction began.
    fn clock_timestamp() -> Timestamptz;
}

/// Somebody has come in: their open invitations are accepted, and those that came too late close the portal again. Answers
/// those that were accepted.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn settle_invitations(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    now: DateTime<Utc>,
) -> Result<Vec<KeptInvitation>, StoreError> {
    let places = || {
        project_memberships::table
            .filter(project_memberships::identity_id.eq(identity))
            .filter(project_memberships::removed_at.is_null())
    };
    // In turns with those who count slots: what they find to be late must not be accepted after all (INV-5).
    let invited = invitations::table
        .filter(invitations::state.eq(InvitationState::Invited))
        .filter(invitations::membership_id.eq_any(places().select(project_memberships::id)));
    let held: Vec<ProjectId> = projects::table
        .filter(projects::id.eq_any(invited.select(invitations::project_id)))
        .order(projects::id)
        .select(projects::id)
        .for_no_key_update()
        .load(connection)
        .await?;
    let now = now.max(diesel::select(clock_timestamp()).get_result(connection).await?);
    accept_who_was_there(connection, &held, now).await?;
    let open: Vec<KeptInvitation> = kept!()
        .filter(invitations::state.eq(InvitationState::Invited))
        .filter(invitations::membership_id.eq_any(places().select(project_memberships::id)))
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

/// Whoever was signed in when they were invited has come in without a link.
const ACCEPT_WHO_WAS_THERE: &str = "update invitations n set state = 'ACCEPTED', accepted_at = s.last_seen_at
    from project_memberships m join sessions s on s.identity_id = m.identity_id and s.actor = 'CLIENT'
    where n.membership_id = m.id and n.project_id = any ($2) and n.state = 'INVITED' and n.expires_at <= $1
        and s.last_seen_at > n.sent_at";

/// In projects that are locked, so that nobody else counts their slots meanwhile.
async fn accept_who_was_there(
    connection: &mut AsyncPgConnection,
    projects: &[ProjectId],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let accept = diesel::sql_query(ACCEPT_WHO_WAS_THERE).bind::<Timestamptz, _>(now);
    accept.bind::<Array<SqlUuid>, _>(projects).execute(connection).await?;
    Ok(())
}

/// Closes the portal to those whose invitations nobody has taken up in time. Answers how many; the worker calls it.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn expire_invitations(connection: &mut AsyncPgConnection, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let is_late = || invitations::state.eq(InvitationState::Invited).and(invitations::expires_at.le(now));
    let places = invitations::table.filter(is_late()).select(invitations::project_id);
    // Whoever is inviting there settles them as well.
    let held: Vec<ProjectId> = projects::table
        .filter(projects::id.eq_any(places))
        .order(projects::id)
        .limit(100)
        .select(projects::id)
        .for_no_key_update()
        .skip_locked()
        .load(connection)
        .await?;
    accept_who_was_there(connection, &held, now).await?;
    let late: Vec<KeptInvitation> = kept!()
        .filter(is_late())
        .filter(invitations::project_id.eq_any(held))
        .order(invitations::id)
        .for_update()
        .load(connection)
        .await?;
    expire(connection, &late).await?;
    Ok(late.len())
}

async fn expire(connection: &mut AsyncPgConnection, late: &[KeptInvitation]) -> Result<(), StoreError> {
    if late.is_empty() {
        return Ok(());
    }
    let ids: Vec<_> = late.iter().map(|invitation| invitation.id).collect();
    let places: Vec<_> = late.iter().map(|invitation| invitation.membership).collect();
    diesel::update(invitations::table.filter(invitations::id.eq_any(ids)))
        .set(invitations::state.eq(InvitationState::Expired))
        .execute(connection)
        .await?;
    diesel::update(project_memberships::table.filter(project_memberships::id.eq_any(places)))
        .set(project_memberships::access_level.eq("NONE"))
        .execute(connection)
        .await?;
    Ok(())
}
