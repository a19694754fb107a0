//! Notification settings, as their owners see them.

use diesel::prelude::*;
use portico_core::accounts::SummaryFrequency;
use portico_core::id::IdentityId;
use serde::{Deserialize, Serialize};

use crate::by_key::rows_by_key;
use crate::schema::notification_settings;
use crate::visible::visible_to_oneself;

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
visible_to_oneself!(NotificationSettingsRow);

rows_by_key! {
    /// Notification settings by person.
    notification_settings_of_people(IdentityId) -> NotificationSettingsRow = notification_settings by identity_id;
}
