//! People's own accounts.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::id::IdentityId;
pub use portico_store::people::{NotificationSettingsRow, SessionRow};
use portico_store::people::{notification_settings_of_people, sessions_of_people};
use portico_store::{SeenBy, StoreError};
use serde::Serialize;

use crate::gather::{Rows, many_each, one_each};
use crate::{Key, Source};

/// A person's own sessions. Read each time, since using one changes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct SessionsOfPerson(pub IdentityId);

impl Key for SessionsOfPerson {
    type Value = Rows<SessionRow>;

    const KIND: &'static str = "SessionsOfPerson";

    fn source(&self) -> Source {
        Source::Elsewhere
    }

    async fn load(seen: &SeenBy, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let rows = sessions_of_people(seen, keys.into_iter().map(|key| key.0).collect()).await?;
        Ok(many_each(rows, seen.viewer(), |row| Self(row.identity_id)))
    }
}

/// How a person wishes to be told of news.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct NotificationSettingsOfPerson(pub IdentityId);

impl Key for NotificationSettingsOfPerson {
    type Value = Option<Arc<NotificationSettingsRow>>;

    const KIND: &'static str = "NotificationSettingsOfPerson";

    fn source(&self) -> Source {
        Source::Elsewhere
    }

    async fn load(seen: &SeenBy, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let rows = notification_settings_of_people(seen, keys.into_iter().map(|key| key.0).collect()).await?;
        Ok(one_each(rows, seen.viewer(), |row| Self(row.identity_id)))
    }
}
