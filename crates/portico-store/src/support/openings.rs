//! Openings of accounts by support agents, with a reason and an expiry time.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{AccountOpeningId, IdentityId};

use crate::StoreError;
use crate::schema::base::account_openings;

/// An opening to insert.
#[derive(Debug, Clone)]
pub struct NewOpening {
    /// The agent.
    pub agent: IdentityId,
    /// The account.
    pub identity: IdentityId,
    /// The reason.
    pub reason: String,
    /// The time.
    pub at: DateTime<Utc>,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
}

/// Opens an account to an agent.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_opening(connection: &mut AsyncPgConnection, new: NewOpening) -> Result<(), StoreError> {
    let row = (
        account_openings::id.eq(AccountOpeningId::generate()),
        account_openings::agent_id.eq(new.agent),
        account_openings::identity_id.eq(new.identity),
        account_openings::reason.eq(new.reason),
        account_openings::opened_at.eq(new.at),
        account_openings::expires_at.eq(new.expires_at),
    );
    diesel::insert_into(account_openings::table).values(row).execute(connection).await?;
    Ok(())
}

/// Whether an agent has an account open at a time.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_open_to(
    connection: &mut AsyncPgConnection,
    agent: IdentityId,
    identity: IdentityId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let open = account_openings::table
        .filter(account_openings::agent_id.eq(agent))
        .filter(account_openings::identity_id.eq(identity))
        .filter(account_openings::expires_at.gt(now));
    Ok(diesel::select(diesel::dsl::exists(open)).get_result(connection).await?)
}
