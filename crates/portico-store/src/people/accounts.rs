//! People's accounts, as actions write them.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::IdentityId;

use crate::StoreError;
use crate::schema::base::identities;

/// What is to be changed of somebody's account; what is none stays.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = identities)]
pub struct AccountChange {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; none within takes it away.
    pub phone: Option<Option<String>>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
}

impl AccountChange {
    /// What it changes.
    pub fn names(&self) -> Vec<&'static str> {
        let Self { name, phone, locale, time_zone } = self;
        let all = [
            ("name", name.is_some()),
            ("phone", phone.is_some()),
            ("locale", locale.is_some()),
            ("timeZone", time_zone.is_some()),
        ];
        all.into_iter().filter_map(|(name, is_changed)| is_changed.then_some(name)).collect()
    }
}

/// Changes somebody's account.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn change_account(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    change: AccountChange,
) -> Result<(), StoreError> {
    if change.names().is_empty() {
        return Ok(());
    }
    diesel::update(identities::table.find(identity)).set(change).execute(connection).await?;
    Ok(())
}
