//! What people see of their own accounts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{IdentityId, SessionId};
use portico_core::people::{SummaryFrequency, Viewer};
use serde::{Deserialize, Serialize};

use crate::by_key::{first_rows_by_key, rows_by_key};
use crate::schema::{notification_settings, sessions};
use crate::visible::Visible;

/// A session of the viewer.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct SessionRow {
    /// The session.
    pub id: SessionId,
    /// The owner.
    pub identity_id: IdentityId,
    /// As what: `CLIENT`, `TRADE` or `STAFF`.
    pub actor: String,
    /// The device name.
    pub device: Option<String>,
    /// Start time.
    pub created_at: DateTime<Utc>,
    /// Time of the last use, to the hour.
    pub last_seen_at: DateTime<Utc>,
    /// When it ends unless it is used.
    pub expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub is_current: Option<bool>,
}

/// Notification settings of the viewer.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = notification_settings, check_for_backend(diesel::pg::Pg))]
pub struct NotificationSettingsRow {
    /// Who.
    pub identity_id: IdentityId,
    /// Whether at once.
    pub instant_alerts: bool,
    /// And summed up.
    pub summary_frequency: SummaryFrequency,
}

/// Rows that are one person's own.
macro_rules! visible_to_oneself {
    ($($row:ty),+) => {$(
        impl Visible for $row {
            fn visible_to(&self, viewer: &Viewer) -> bool {
                viewer.person.as_ref().is_some_and(|person| person.id == self.identity_id.0)
            }
        }
    )+};
}
visible_to_oneself!(SessionRow, NotificationSettingsRow);

first_rows_by_key! {
    /// People's own sessions that have not been ended, whether or not they have expired; last used first.
    sessions_of_people(IdentityId) -> SessionRow = the first SESSIONS of sessions by identity_id
        in order of (sessions::last_seen_at.desc(), sessions::id.desc());
}

rows_by_key! {
    /// How people wish to be told of news.
    notification_settings_of_people(IdentityId) -> NotificationSettingsRow = notification_settings by identity_id;
}
