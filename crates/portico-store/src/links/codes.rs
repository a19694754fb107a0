//! Requests of sign-in links, and the attempts at their codes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{IdentityId, LinkId, new_uuid};
use portico_core::links::CODE_ATTEMPTS;
use portico_core::sessions::TokenHash;
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::{sign_in_codes, sign_in_links};

/// Maximum number of expired requests deleted with each new one, so that the table stays small.
const MAX_DELETED: i64 = 100;

/// A request of a sign-in link to insert.
#[derive(Debug, Clone)]
pub struct NewSignInCode {
    /// The hash of the request id.
    pub request: TokenHash,
    /// The keyed hash of the address.
    pub address_hash: String,
    /// The mailed link; none if no mail was sent.
    pub link: Option<LinkId>,
    /// Creation time.
    pub at: DateTime<Utc>,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
}

/// A stored request, without its request id and code.
#[derive(Debug, Clone, Queryable)]
pub struct StoredCode {
    /// The request.
    pub id: Uuid,
    /// The keyed hash of the address.
    pub address_hash: String,
    /// The mailed link; none if no mail was sent.
    pub link: Option<LinkId>,
    /// Number of wrong attempts.
    pub wrong_attempts: i32,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
    /// When the code was used.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was withdrawn.
    pub voided_at: Option<DateTime<Utc>>,
}

impl StoredCode {
    /// Whether a code may be tried at a time.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.wrong_attempts < CODE_ATTEMPTS
            && self.used_at.is_none()
            && self.voided_at.is_none()
            && now < self.expires_at
    }
}

/// Inserts a request, and deletes expired ones.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_code(connection: &mut AsyncPgConnection, new: NewSignInCode) -> Result<(), StoreError> {
    let expired = sign_in_codes::table
        .filter(sign_in_codes::expires_at.le(new.at))
        .order(sign_in_codes::expires_at)
        .limit(MAX_DELETED)
        .select(sign_in_codes::id)
        .for_update()
        .skip_locked();
    let expired: Vec<Uuid> = expired.load(connection).await?;
    diesel::delete(sign_in_codes::table.filter(sign_in_codes::id.eq_any(expired))).execute(connection).await?;
    let row = (
        sign_in_codes::id.eq(new_uuid()),
        sign_in_codes::request_hash.eq(new.request.as_str().to_owned()),
        sign_in_codes::address_hash.eq(new.address_hash),
        sign_in_codes::link_id.eq(new.link),
        sign_in_codes::created_at.eq(new.at),
        sign_in_codes::expires_at.eq(new.expires_at),
    );
    diesel::insert_into(sign_in_codes::table).values(row).execute(connection).await?;
    Ok(())
}

/// Columns as [`StoredCode`] has them.
macro_rules! columns {
    () => {
        (
            sign_in_codes::id,
            sign_in_codes::address_hash,
            sign_in_codes::link_id,
            sign_in_codes::wrong_attempts,
            sign_in_codes::expires_at,
            sign_in_codes::used_at,
            sign_in_codes::voided_at,
        )
    };
}

/// A request by the hash of its id.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_code(
    connection: &mut AsyncPgConnection,
    request: &TokenHash,
) -> Result<Option<StoredCode>, StoreError> {
    let found = sign_in_codes::table.filter(sign_in_codes::request_hash.eq(request.as_str().to_owned()));
    Ok(found.select(columns!()).first(connection).await.optional()?)
}

/// A request by the hash of its id, locked until the transaction ends: attempts at its code take turns.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_code(
    connection: &mut AsyncPgConnection,
    request: &TokenHash,
) -> Result<Option<StoredCode>, StoreError> {
    let found = sign_in_codes::table.filter(sign_in_codes::request_hash.eq(request.as_str().to_owned()));
    Ok(found.select(columns!()).for_update().first(connection).await.optional()?)
}

/// Counts a wrong attempt. The request must be locked.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn count_wrong_code(connection: &mut AsyncPgConnection, id: Uuid) -> Result<(), StoreError> {
    let more = sign_in_codes::wrong_attempts.eq(sign_in_codes::wrong_attempts + 1);
    diesel::update(sign_in_codes::table.find(id)).set(more).execute(connection).await?;
    Ok(())
}

/// Consumes a code. The request must be locked.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn use_code(connection: &mut AsyncPgConnection, id: Uuid, at: DateTime<Utc>) -> Result<(), StoreError> {
    diesel::update(sign_in_codes::table.find(id)).set(sign_in_codes::used_at.eq(at)).execute(connection).await?;
    Ok(())
}

/// Withdraws a person's valid codes.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn void_codes(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let links =
        sign_in_links::table.filter(sign_in_links::identity_id.eq(identity)).select(sign_in_links::id.nullable());
    let open = sign_in_codes::table
        .filter(sign_in_codes::link_id.eq_any(links))
        .filter(sign_in_codes::used_at.is_null())
        .filter(sign_in_codes::voided_at.is_null());
    diesel::update(open).set(sign_in_codes::voided_at.eq(at)).execute(connection).await?;
    Ok(())
}
