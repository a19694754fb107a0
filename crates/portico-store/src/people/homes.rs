//! In whose name, and from which portal, somebody is written to.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId};

use crate::StoreError;
use crate::schema::base::{companies, project_memberships, staff_memberships, support_agents};

/// A host to which links lead, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Home {
    /// The company whose portal it is; none for the platform's own host.
    pub company: Option<CompanyId>,
    /// The host.
    pub host: String,
}

/// Where somebody is at home when nobody says where: at the host at which the most of their places can be opened. That is the
/// platform's for support, the company's for its staff, and else that of the company to which they came first.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn home_of(connection: &mut AsyncPgConnection, identity: IdentityId) -> Result<Option<Home>, StoreError> {
    if let Some(host) = host_of_agent(connection, identity).await? {
        return Ok(Some(Home { company: None, host }));
    }
    let as_staff = staff_memberships::table
        .inner_join(companies::table)
        .filter(staff_memberships::identity_id.eq(identity))
        .filter(staff_memberships::removed_at.is_null())
        .order((staff_memberships::created_at, staff_memberships::id))
        .select((companies::id.nullable(), companies::portal_host))
        .first(connection)
        .await
        .optional()?;
    if as_staff.is_some() {
        return Ok(as_staff);
    }
    let as_member = project_memberships::table
        .inner_join(companies::table.on(companies::id.eq(project_memberships::company_id)))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .order((project_memberships::created_at, project_memberships::id))
        .select((companies::id.nullable(), companies::portal_host));
    Ok(as_member.first(connection).await.optional()?)
}

/// The portal at a host, if somebody belongs there in any way.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn home_at(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    host: &str,
) -> Result<Option<Home>, StoreError> {
    if host_of_agent(connection, identity).await?.as_deref() == Some(host) {
        return Ok(Some(Home { company: None, host: host.to_owned() }));
    }
    let member = project_memberships::table
        .filter(project_memberships::company_id.eq(companies::id))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null());
    let staff = staff_memberships::table
        .filter(staff_memberships::company_id.eq(companies::id))
        .filter(staff_memberships::identity_id.eq(identity))
        .filter(staff_memberships::removed_at.is_null());
    let home = companies::table
        .filter(companies::portal_host.eq(host))
        .filter(diesel::dsl::exists(member).or(diesel::dsl::exists(staff)))
        .select((companies::id.nullable(), companies::portal_host));
    Ok(home.first(connection).await.optional()?)
}

async fn host_of_agent(connection: &mut AsyncPgConnection, identity: IdentityId) -> Result<Option<String>, StoreError> {
    let agent = support_agents::table.find(identity).filter(support_agents::ended_at.is_null());
    Ok(agent.select(support_agents::host).first(connection).await.optional()?)
}
