//! Accounts, as actions read and write them.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::contacts::Email;
use portico_core::id::IdentityId;
use uuid::Uuid;

use super::rows::{AccountChange, NotificationsChange};
use crate::schema::base::{activity, credentials, identities, notification_settings};
use crate::{Differences, StoreError};

/// Changes an account. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_account(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    change: AccountChange,
) -> Result<Differences<AccountChange>, StoreError> {
    let differences = change.differences(connection, identity).await?;
    if !differences.is_empty() {
        diesel::update(identities::table.find(identity)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// An account, as sign-in reads it.
#[derive(Clone, Queryable)]
pub struct Account {
    /// The person.
    pub id: IdentityId,
    /// The email address.
    pub email: String,
    /// The name.
    pub name: String,
    /// When the user claimed it; none before the first use of a link.
    pub claimed_at: Option<DateTime<Utc>>,
    /// The hash of the password; none without a password.
    pub password_hash: Option<String>,
}

/// Without the hash of the password.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Accounts that have not been disabled.
macro_rules! accounts {
    () => {
        identities::table.left_join(credentials::table).filter(identities::disabled_at.is_null()).select((
            identities::id,
            identities::email,
            identities::name,
            identities::claimed_at,
            credentials::password_hash.nullable(),
        ))
    };
}

/// The enabled account with a canonical address.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn account_by_email(connection: &mut AsyncPgConnection, email: &str) -> Result<Option<Account>, StoreError> {
    let account = accounts!().filter(identities::email_canonical.eq(email)).first(connection).await;
    Ok(account.optional()?)
}

/// The account that had a canonical address last, and has another one now.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn account_once_at(connection: &mut AsyncPgConnection, email: &str) -> Result<Option<Account>, StoreError> {
    let gave_it_up = activity::table
        .filter(sql::<Bool>("details ? 'formerAddress' and details ->> 'formerAddress' = ").bind::<Text, _>(email))
        .order((activity::at.desc(), activity::id.desc()))
        .select(activity::subject_id.assume_not_null());
    match gave_it_up.first::<Uuid>(connection).await.optional()? {
        Some(id) => account_by_id(connection, IdentityId(id)).await,
        None => Ok(None),
    }
}

/// The same by its id.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn account_by_id(connection: &mut AsyncPgConnection, id: IdentityId) -> Result<Option<Account>, StoreError> {
    Ok(accounts!().filter(identities::id.eq(id)).first(connection).await.optional()?)
}

/// Marks an account as managed by its user. True if it was not before.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn claim_account(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    at: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let unclaimed = identities::table.find(identity).filter(identities::claimed_at.is_null());
    Ok(diesel::update(unclaimed).set(identities::claimed_at.eq(at)).execute(connection).await? == 1)
}

/// Sets the password of an account.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn set_password(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    hash: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let set = (credentials::password_hash.eq(hash), credentials::changed_at.eq(at));
    diesel::insert_into(credentials::table)
        .values((credentials::identity_id.eq(identity), set))
        .on_conflict(credentials::identity_id)
        .do_update()
        .set(set)
        .execute(connection)
        .await?;
    Ok(())
}

/// Deletes the password of an account. Sign-in then needs a link until a new one is set.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn delete_password(connection: &mut AsyncPgConnection, identity: IdentityId) -> Result<(), StoreError> {
    diesel::delete(credentials::table.find(identity)).execute(connection).await?;
    Ok(())
}

/// Changes the email address of an account. False if another account has it.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn set_email(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    email: &Email,
) -> Result<bool, StoreError> {
    let holder = identities::table.filter(identities::email_canonical.eq(email.canonical()));
    let holder: Option<IdentityId> = holder.select(identities::id).first(connection).await.optional()?;
    if holder.is_some_and(|holder| holder != identity) {
        return Ok(false);
    }
    let set = (identities::email.eq(email.written()), identities::email_canonical.eq(email.canonical()));
    diesel::update(identities::table.find(identity)).set(set).execute(connection).await?;
    Ok(true)
}

/// Changes notification settings. Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_notifications(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    change: NotificationsChange,
) -> Result<Differences<NotificationsChange>, StoreError> {
    let differences = change.differences(connection, identity).await?;
    if differences.is_empty() {
        return Ok(differences);
    }
    diesel::insert_into(notification_settings::table)
        .values(notification_settings::identity_id.eq(identity))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    diesel::update(notification_settings::table.find(identity)).set(&differences.change).execute(connection).await?;
    Ok(differences)
}
