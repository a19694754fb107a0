//! Trade partners' memberships, as actions write them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::projects::MembershipKind;

use crate::StoreError;
use crate::schema::base::project_memberships;

/// A trade partner's current membership, as actions read it.
#[derive(Debug, Clone, Queryable)]
pub struct TradeMembership {
    /// The membership.
    pub id: ProjectMembershipId,
    /// The project.
    pub project: ProjectId,
    /// Whether the trade partner may sign in to the project.
    pub web_access: bool,
}

/// A trade partner's current membership in a company's project, by id.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn trade_membership(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ProjectMembershipId,
) -> Result<Option<TradeMembership>, StoreError> {
    let membership = project_memberships::table
        .filter(project_memberships::company_id.eq(company))
        .filter(project_memberships::id.eq(id))
        .filter(project_memberships::kind.eq(MembershipKind::Trade))
        .filter(project_memberships::removed_at.is_null())
        .select((project_memberships::id, project_memberships::project_id, project_memberships::web_access));
    Ok(membership.first(connection).await.optional()?)
}

/// Adds a trade partner to a project without web access, which an invitation grants.
///
/// # Errors
///
/// [`StoreError::Taken`] if the person is a trade partner of the project already.
pub async fn insert_trade_membership(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    project: ProjectId,
    contact: ContactId,
    identity: IdentityId,
) -> Result<ProjectMembershipId, StoreError> {
    let id = ProjectMembershipId::generate();
    let row = (
        project_memberships::id.eq(id),
        project_memberships::company_id.eq(company),
        project_memberships::project_id.eq(project),
        project_memberships::contact_id.eq(contact),
        project_memberships::identity_id.eq(identity),
        project_memberships::kind.eq(MembershipKind::Trade),
    );
    diesel::insert_into(project_memberships::table).values(row).execute(connection).await?;
    Ok(id)
}
