//! Feeds, as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::access::Role;
use portico_core::id::{CalendarFeedId, CompanyId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::links::FeedNonce;
use portico_core::projects::{AccessLevel, MembershipKind};

use crate::StoreError;
use crate::schema::base::{calendar_feeds, project_memberships};

/// The membership for which a person may have a feed; none for staff, and without access. It is locked until the transaction ends,
/// so that a removal waits for the feed, and deletes it, or prevents it.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn feed_membership(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    (person, role): (IdentityId, Role),
) -> Result<Option<ProjectMembershipId>, StoreError> {
    let kind = match role {
        Role::Client => MembershipKind::Client,
        Role::Trade => MembershipKind::Trade,
        _ => return Ok(None),
    };
    let current: Option<(ProjectMembershipId, AccessLevel, bool)> = project_memberships::table
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::company_id.eq(company))
        .filter(project_memberships::identity_id.eq(person))
        .filter(project_memberships::kind.eq(kind))
        .filter(project_memberships::removed_at.is_null())
        .select((project_memberships::id, project_memberships::access_level, project_memberships::web_access))
        .for_share()
        .first(connection)
        .await
        .optional()?;
    let has_access = |(_, level, web_access): &(_, AccessLevel, bool)| match kind {
        MembershipKind::Client => *level == AccessLevel::Portal,
        MembershipKind::Trade => *web_access,
    };
    Ok(current.filter(has_access).map(|(id, ..)| id))
}

/// Creates the feed of a membership. A former one no longer exists afterwards.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn replace_feed(
    connection: &mut AsyncPgConnection,
    (company, project): (CompanyId, ProjectId),
    membership: ProjectMembershipId,
    nonce: FeedNonce,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let fresh = (
        calendar_feeds::id.eq(CalendarFeedId::generate()),
        calendar_feeds::nonce.eq(nonce.to_text()),
        calendar_feeds::created_at.eq(now),
    );
    let of_member = (
        calendar_feeds::company_id.eq(company),
        calendar_feeds::project_id.eq(project),
        calendar_feeds::membership_id.eq(membership),
    );
    diesel::insert_into(calendar_feeds::table)
        .values((fresh.clone(), of_member))
        .on_conflict(calendar_feeds::membership_id)
        .do_update()
        .set(fresh)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the feed of a membership. Returns whether there was one.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_feed(
    connection: &mut AsyncPgConnection,
    membership: ProjectMembershipId,
) -> Result<bool, StoreError> {
    let own = calendar_feeds::table.filter(calendar_feeds::membership_id.eq(membership));
    Ok(diesel::delete(own).execute(connection).await? > 0)
}
