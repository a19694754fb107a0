//! Notification settings, as their owners see them.

use diesel::prelude::*;
use portico_core::accounts::SummaryFrequency;
use portico_core::id::IdentityId;
use portico_store_macros::{role_view, row_change};

use crate::by_key::rows_by_key;
use crate::visible::visible_to_oneself;

/// Notification settings of the viewer.
#[role_view(notification_settings(identity_id))]
pub struct NotificationSettingsRow {
    /// The person.
    pub identity_id: IdentityId,
    /// Whether alerts are sent immediately.
    pub instant_alerts: bool,
    /// Frequency of summary emails.
    pub summary_frequency: SummaryFrequency,
}
visible_to_oneself!(NotificationSettingsRow);

rows_by_key! {
    /// Notification settings by person.
    notification_settings_of_people(IdentityId) -> NotificationSettingsRow = notification_settings by identity_id;
}

/// Changes of an account; none keeps the current value.
#[row_change(identities, IdentityId)]
pub struct AccountChange {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; `Some(None)` clears it.
    pub phone: Option<Option<String>>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
}

/// Changes of notification settings; none keeps the current value.
#[row_change(notification_settings, IdentityId)]
pub struct NotificationsChange {
    /// Whether alerts are sent immediately.
    pub instant_alerts: Option<bool>,
    /// Frequency of summary emails.
    pub summary_frequency: Option<SummaryFrequency>,
}
