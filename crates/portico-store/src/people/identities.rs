//! People across companies, found by the one address that they are known by.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::IdentityId;
use portico_core::people::Email;

use crate::StoreError;
use crate::schema::base::identities;

/// Somebody, as much as an action of a company has to know of them. Never their name or their number: those are theirs, and
/// what a company does not read it cannot give away (ACC-3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FoundIdentity {
    /// The person.
    pub id: IdentityId,
    /// Whether they were known before.
    pub was_there: bool,
    /// Whether they look after their account themselves (ACC-11).
    pub is_claimed: bool,
}

/// The person with exactly this address (ACC-15), who is made known if nobody has it yet. However many ask at once, for
/// whichever companies, there comes to be one person (ACC-4). `name` is what they are called until they say so themselves; of
/// somebody who is known it changes nothing.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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
    // Who comes second waits here for the first, and then finds their row.
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
    Ok(FoundIdentity { id, was_there: made == 0, is_claimed: claimed_at.is_some() })
}

/// Whether the person looks after their account themselves, which stays so until the transaction ends; and the address at
/// which they are reached. Others who write down the same person wait here, so that one address gets one card a company.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn hold_identity(
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
