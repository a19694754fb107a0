//! Accepts and expires invitations.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{IdentityId, ProjectId, ProjectMembershipId};
use portico_core::invitations::InvitationState;
use portico_core::projects::MembershipKind;

use super::writes::{StoredInvitation, accept_for_open_sessions, stored};
use crate::StoreError;
use crate::memberships::set_access;
use crate::schema::base::{invitations, project_memberships, projects};

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
