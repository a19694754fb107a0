//! New memberships in projects, and their access.

use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId, ProjectMembershipId};
use portico_core::projects::{ClientRelationship, MembershipKind};

use crate::StoreError;
use crate::schema::base::project_memberships;

/// A client's membership to insert.
#[derive(Debug, Clone)]
pub struct NewClientMembership {
    /// The company.
    pub company: CompanyId,
    /// Its project.
    pub project: ProjectId,
    /// The client's contact.
    pub contact: ContactId,
    /// The identity of the contact.
    pub identity: IdentityId,
    /// The relationship to the project.
    pub relationship: ClientRelationship,
    /// Whether this is the primary client, of whom a project has at most one.
    pub is_primary: bool,
    /// Whether the client may see status reports.
    pub can_see_status: bool,
    /// Whether the client may make payments.
    pub can_pay: bool,
    /// Whether the client may approve.
    pub can_approve: bool,
}

/// The number of current members of a kind in a project.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn count_members(
    connection: &mut AsyncPgConnection,
    project: ProjectId,
    kind: MembershipKind,
) -> Result<i64, StoreError> {
    let members = project_memberships::table
        .filter(project_memberships::project_id.eq(project))
        .filter(project_memberships::kind.eq(kind))
        .filter(project_memberships::removed_at.is_null());
    Ok(members.count().get_result(connection).await?)
}

/// Adds a client to a project without access, which only an invitation grants (INV-1).
///
/// # Errors
///
/// [`StoreError::Taken`] if the person is a client of the project already, or there is another primary client.
pub async fn insert_client_membership(
    connection: &mut AsyncPgConnection,
    new: &NewClientMembership,
) -> Result<ProjectMembershipId, StoreError> {
    let id = ProjectMembershipId::generate();
    let row = (
        project_memberships::id.eq(id),
        project_memberships::company_id.eq(new.company),
        project_memberships::project_id.eq(new.project),
        project_memberships::contact_id.eq(new.contact),
        project_memberships::identity_id.eq(new.identity),
        project_memberships::kind.eq("CLIENT"),
        project_memberships::relationship.eq(new.relationship),
        project_memberships::is_primary.eq(new.is_primary),
        project_memberships::can_see_status.eq(new.can_see_status),
        project_memberships::can_pay.eq(new.can_pay),
        project_memberships::can_approve.eq(new.can_approve),
        project_memberships::access_level.eq("NONE"),
    );
    diesel::insert_into(project_memberships::table).values(row).execute(connection).await?;
    Ok(id)
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
