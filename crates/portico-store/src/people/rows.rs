//! Users' own accounts, sessions and settings.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::id::{IdentityId, SessionId};
use portico_core::people::{SummaryFrequency, Viewer};
use serde::{Deserialize, Serialize};

use crate::by_key::rows_by_key;
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
    /// The actor: `CLIENT`, `TRADE` or `STAFF`.
    pub actor: String,
    /// The device name.
    pub device: Option<String>,
    /// Start time.
    pub created_at: DateTime<Utc>,
    /// Time of the last use, to the hour.
    pub last_seen_at: DateTime<Utc>,
    /// Expiry time unless it is used.
    pub expires_at: DateTime<Utc>,
    /// Whether it is the session of this request.
    pub is_current: Option<bool>,
}

/// Notification settings of the viewer.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = notification_settings, check_for_backend(diesel::pg::Pg))]
pub struct NotificationSettingsRow {
    /// The person.
    pub identity_id: IdentityId,
    /// Whether alerts are sent immediately.
    pub instant_alerts: bool,
    /// Frequency of summary mails.
    pub summary_frequency: SummaryFrequency,
}

/// Makes rows visible to the person they belong to only.
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

rows_by_key! {
    /// Own sessions that have not been ended, expired ones included; most recently used first.
    sessions_of_people(IdentityId) -> SessionRow = sessions by identity_id in order of last_seen_at, id;
    /// Notification settings of people.
    notification_settings_of_people(IdentityId) -> NotificationSettingsRow = notification_settings by identity_id;
}
