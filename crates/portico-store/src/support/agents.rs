//! Support agents.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::IdentityId;
use portico_core::people::Role;

use crate::StoreError;
use crate::schema::base::{companies, identities, sessions, support_agents};

/// Whether a person is a support agent.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_agent(connection: &mut AsyncPgConnection, identity: IdentityId) -> Result<bool, StoreError> {
    let living = support_agents::table.find(identity).filter(support_agents::ended_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(living)).get_result(connection).await?)
}

/// Whether a host is a company's portal host.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_host_of_company(connection: &mut AsyncPgConnection, host: &str) -> Result<bool, StoreError> {
    let portals = companies::table.filter(companies::portal_host.eq(host));
    Ok(diesel::select(diesel::dsl::exists(portals)).get_result(connection).await?)
}

/// A support agent.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Agent {
    /// The person.
    pub identity: IdentityId,
    /// The email address.
    pub email: String,
    /// The host for sign-in.
    pub host: String,
    /// Start time.
    pub since: DateTime<Utc>,
}

/// Current agents, by email address.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn current_agents(connection: &mut AsyncPgConnection) -> Result<Vec<Agent>, StoreError> {
    let living = support_agents::table
        .inner_join(identities::table.on(identities::id.eq(support_agents::identity_id)))
        .filter(support_agents::ended_at.is_null())
        .order(identities::email_canonical)
        .select((support_agents::identity_id, identities::email, support_agents::host, support_agents::since));
    Ok(living.load(connection).await?)
}

/// Adds an agent, or changes an agent's host. False if the agent exists already.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn begin_agent(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    host: &str,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let was_one = is_agent(connection, identity).await?;
    let set = (support_agents::host.eq(host), support_agents::ended_at.eq(None::<DateTime<Utc>>));
    diesel::insert_into(support_agents::table)
        .values((support_agents::identity_id.eq(identity), support_agents::since.eq(at), set))
        .on_conflict(support_agents::identity_id)
        .do_update()
        .set(set)
        .execute(connection)
        .await?;
    Ok(!was_one)
}

/// Removes an agent and ends the support sessions. False for an unknown agent.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn end_agent(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let living = support_agents::table.find(identity).filter(support_agents::ended_at.is_null());
    let ended = diesel::update(living).set(support_agents::ended_at.eq(at)).execute(connection).await?;
    let own = sessions::table
        .filter(sessions::identity_id.eq(identity))
        .filter(sessions::actor.eq(Role::Support.as_str()))
        .filter(sessions::revoked_at.is_null());
    diesel::update(own).set(sessions::revoked_at.eq(at)).execute(connection).await?;
    Ok(ended == 1)
}
