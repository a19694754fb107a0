//! In whose name, and from which portal, somebody is written to.

use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, IdentityId};
use portico_core::people::InvitationState;
use portico_core::projects::AccessLevel;

use crate::StoreError;
use crate::schema::base::{companies, invitations, project_memberships, staff_memberships, support_agents};

/// A host to which links lead, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Home {
    /// The company whose portal it is; none for the platform's own host.
    pub company: Option<CompanyId>,
    /// The host.
    pub host: String,
}

/// Where somebody is at home when nobody says where: at the host at which the most of their places can be opened. That is the
/// platform's for support, the company's for its staff, and else that of the company to which they came first: came, and not were
/// invited, for nobody chooses who invites them.
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
    let as_client = client_home(connection, identity, InvitationState::Accepted).await?;
    if as_client.is_some() {
        return Ok(as_client);
    }
    let as_trade = project_memberships::table
        .inner_join(companies::table.on(companies::id.eq(project_memberships::company_id)))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .filter(project_memberships::web_access)
        .filter(not(exists(invitations_in(InvitationState::Invited))))
        .order((project_memberships::created_at, project_memberships::id))
        .select((companies::id.nullable(), companies::portal_host))
        .first(connection)
        .await
        .optional()?;
    if as_trade.is_some() {
        return Ok(as_trade);
    }
    // A person who has not come in anywhere yet is at home where they were invited: as a client, or else as a trade partner.
    let as_invited = client_home(connection, identity, InvitationState::Invited).await?;
    if as_invited.is_some() {
        return Ok(as_invited);
    }
    let as_invited = project_memberships::table
        .inner_join(companies::table.on(companies::id.eq(project_memberships::company_id)))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .filter(project_memberships::web_access)
        .order((project_memberships::created_at, project_memberships::id))
        .select((companies::id.nullable(), companies::portal_host));
    Ok(as_invited.first(connection).await.optional()?)
}

/// The first portal of those in which a client's invitation stands so.
async fn client_home(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    state: InvitationState,
) -> Result<Option<Home>, StoreError> {
    let portals = project_memberships::table
        .inner_join(companies::table.on(companies::id.eq(project_memberships::company_id)))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .filter(project_memberships::access_level.eq(AccessLevel::Portal))
        .filter(exists(invitations_in(state)))
        .order((project_memberships::created_at, project_memberships::id))
        .select((companies::id.nullable(), companies::portal_host));
    Ok(portals.first(connection).await.optional()?)
}

/// The invitations of a membership that stand so.
#[diesel::dsl::auto_type(no_type_alias)]
fn invitations_in(state: InvitationState) -> _ {
    invitations::table
        .filter(invitations::membership_id.eq(project_memberships::id))
        .filter(invitations::state.eq(state))
}

/// The portal at a host, if somebody has come into it: as a client or trade partner, or as one of the company's staff. To be written
/// down or invited by a company is not enough, or it could have their links sent to itself.
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
    let has_come = project_memberships::access_level
        .eq(AccessLevel::Portal)
        .and(exists(invitations_in(InvitationState::Accepted)))
        .or(project_memberships::web_access.and(not(exists(invitations_in(InvitationState::Invited)))));
    let member = project_memberships::table
        .filter(project_memberships::company_id.eq(companies::id))
        .filter(project_memberships::identity_id.eq(identity))
        .filter(project_memberships::removed_at.is_null())
        .filter(has_come);
    let staff = staff_memberships::table
        .filter(staff_memberships::company_id.eq(companies::id))
        .filter(staff_memberships::identity_id.eq(identity))
        .filter(staff_memberships::removed_at.is_null());
    let home = companies::table
        .filter(companies::portal_host.eq(host))
        .filter(exists(member).or(exists(staff)))
        .select((companies::id.nullable(), companies::portal_host));
    Ok(home.first(connection).await.optional()?)
}

async fn host_of_agent(connection: &mut AsyncPgConnection, identity: IdentityId) -> Result<Option<String>, StoreError> {
    let agent = support_agents::table.find(identity).filter(support_agents::ended_at.is_null());
    Ok(agent.select(support_agents::host).first(connection).await.optional()?)
}
