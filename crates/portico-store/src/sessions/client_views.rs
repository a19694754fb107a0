//! Views of a client's portal by staff (docs/decisions/0048).

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{ClientViewId, CompanyId, ProjectId, ProjectMembershipId, SessionId};
use portico_core::projects::{AccessLevel, MembershipKind};
use portico_core::sessions::TokenHash;

use crate::StoreError;
use crate::schema::base::{client_views, identities, project_memberships};

/// The project of a client's current membership with access to the portal; none for others, and in other companies.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn viewable_project(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    membership: ProjectMembershipId,
) -> Result<Option<ProjectId>, StoreError> {
    let project = project_memberships::table
        .inner_join(identities::table.on(identities::id.eq(project_memberships::identity_id)))
        .filter(project_memberships::id.eq(membership))
        .filter(project_memberships::company_id.eq(company))
        .filter(project_memberships::kind.eq(MembershipKind::Client))
        .filter(project_memberships::access_level.eq(AccessLevel::Portal))
        .filter(project_memberships::removed_at.is_null())
        .filter(identities::disabled_at.is_null())
        .select(project_memberships::project_id);
    Ok(project.first(connection).await.optional()?)
}

/// A view to insert.
#[derive(Debug, Clone)]
pub struct NewClientView {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The client's membership.
    pub membership: ProjectMembershipId,
    /// The session of the member of staff, with which the view ends.
    pub session: SessionId,
    /// The hash of its token.
    pub token: TokenHash,
}

/// Starts a view, and returns its expiry time. Both times are the database's, whose clock sign-in compares them with.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_client_view(
    connection: &mut AsyncPgConnection,
    new: NewClientView,
) -> Result<DateTime<Utc>, StoreError> {
    let row = (
        client_views::id.eq(ClientViewId::generate()),
        client_views::token_hash.eq(new.token.as_str().to_owned()),
        client_views::company_id.eq(new.company),
        client_views::project_id.eq(new.project),
        client_views::membership_id.eq(new.membership),
        client_views::session_id.eq(new.session),
    );
    let inserted = diesel::insert_into(client_views::table).values(row).returning(client_views::expires_at);
    Ok(inserted.get_result(connection).await?)
}

/// The client whose portal was viewed.
#[derive(Debug, Clone, Copy, Queryable)]
pub struct EndedView {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The client's membership.
    pub membership: ProjectMembershipId,
}

/// Ends the view with this token. None if it has ended already.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn end_client_view(
    connection: &mut AsyncPgConnection,
    token: &TokenHash,
) -> Result<Option<EndedView>, StoreError> {
    let open = client_views::table
        .filter(client_views::token_hash.eq(token.as_str()))
        .filter(client_views::ended_at.is_null());
    let ended = diesel::update(open).set(client_views::ended_at.eq(diesel::dsl::now)).returning((
        client_views::company_id,
        client_views::project_id,
        client_views::membership_id,
    ));
    Ok(ended.get_result(connection).await.optional()?)
}
