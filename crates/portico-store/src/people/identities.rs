//! Identities of people across companies, found by email address.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::IdentityId;
use portico_core::people::Email;

use crate::StoreError;
use crate::schema::base::identities;

/// An identity, without name and telephone number: what a company's action does not read it cannot disclose (ACC-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundIdentity {
    /// The person.
    pub id: IdentityId,
    /// Whether it existed before.
    pub existed: bool,
    /// Whether the user manages the account (ACC-11).
    pub is_claimed: bool,
}

/// The identity with exactly this address (ACC-15), created if there is none. Concurrent requests of any companies create one
/// identity (ACC-4). `name` is the initial name of a new identity, and does not change an existing one.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_or_create_identity(
    connection: &mut AsyncPgConnection,
    email: &Email,
    name: &str,
) -> Result<FoundIdentity, StoreError> {
    let row = (
        identities::id.eq(IdentityId::generate()),
        identities::email.eq(email.written()),
        identities::email_canonical.eq(email.canonical()),
        identities::name.eq(name),
        identities::locale.eq("en"),
        identities::time_zone.eq("UTC"),
    );
    // A concurrent transaction waits here for the first, and then finds its row.
    let made = diesel::insert_into(identities::table)
        .values(row)
        .on_conflict(identities::email_canonical)
        .do_nothing()
        .execute(connection)
        .await?;
    let (id, claimed_at): (IdentityId, Option<DateTime<Utc>>) = identities::table
        .filter(identities::email_canonical.eq(email.canonical()))
        .select((identities::id, identities::claimed_at))
        .first(connection)
        .await?;
    Ok(FoundIdentity { id, existed: made == 0, is_claimed: claimed_at.is_some() })
}

/// Locks an identity. Returns whether the user manages the account, and the email address. Concurrent requests for the same
/// identity wait here, so that an address has one contact per company.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_identity(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
) -> Result<(bool, String), StoreError> {
    let (claimed_at, email): (Option<DateTime<Utc>>, String) = identities::table
        .find(identity)
        .select((identities::claimed_at, identities::email))
        .for_no_key_update()
        .first(connection)
        .await?;
    Ok((claimed_at.is_some(), email))
}
