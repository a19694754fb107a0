//! The caller's notification settings.

use async_graphql::{Enum, SimpleObject};
use portico_core::accounts::SummaryFrequency as CoreFrequency;
use portico_graphql_macros::gated;
use portico_loader::accounts::NotificationSettingsRow;

/// Frequency of summary emails. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreFrequency")]
pub(crate) enum SummaryFrequency {
    /// No summary emails.
    #[shared(CLIENT, TRADE, STAFF)]
    Never,
    /// Once a day.
    #[shared(CLIENT, TRADE, STAFF)]
    Daily,
    /// Once a week.
    #[shared(CLIENT, TRADE, STAFF)]
    Weekly,
}

/// Notification settings of the caller.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct NotificationSettings {
    /// Whether to send alerts immediately.
    instant_alerts: bool,
    /// Frequency of summary emails.
    summary_frequency: SummaryFrequency,
}

impl From<&NotificationSettingsRow> for NotificationSettings {
    fn from(row: &NotificationSettingsRow) -> Self {
        Self { instant_alerts: row.instant_alerts, summary_frequency: row.summary_frequency.into() }
    }
}
