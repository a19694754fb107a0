//! Who supports the platform.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::IdentityId;
use portico_core::people::Role;

use crate::StoreError;
use crate::schema::base::{sessions, support_agents};

/// Whether somebody supports the platform now.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn is_agent(connection: &mut AsyncPgConnection, identity: IdentityId) -> Result<bool, StoreError> {
    let living = support_agents::table.find(identity).filter(support_agents::ended_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(living)).get_result(connection).await?)
}

/// Makes somebody an agent, or gives an agent another host. False if they were one before.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
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

/// Ends somebody's support, and their sessions of it. False if they were no agent.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
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
