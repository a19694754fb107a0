//! The caller's sessions and notification settings.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};
use portico_core::id::Tag;
use portico_core::people::SummaryFrequency as CoreFrequency;
use portico_graphql_macros::gated;
use portico_loader::people::{NotificationSettingsRow, SessionRow};

use crate::ids;
use crate::scalars::DateTime;

pub(crate) struct Session(pub(crate) Arc<SessionRow>);

/// Session of the caller, in a browser or an app.
#[gated]
#[Object]
impl Session {
    /// Session ID; cannot be fetched with `node`.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn id(&self) -> ID {
        ids::global(Tag::SESSION, self.0.id.0)
    }

    /// Device name, as sent by the client. Null if none was sent.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn device(&self) -> Option<&str>;

    /// Whether this is the session of the request.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn is_current(&self) -> bool {
        self.0.is_current.unwrap_or_default()
    }

    /// Sign-in time.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn created_at(&self) -> DateTime;

    /// Time of the last use, to the hour.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn last_seen_at(&self) -> DateTime;

    /// Expiry time; each use extends it.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn expires_at(&self) -> DateTime;
}

/// Frequency of summary mails. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreFrequency")]
pub(crate) enum SummaryFrequency {
    /// No summary mails.
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
    /// Frequency of summary mails.
    summary_frequency: SummaryFrequency,
}

impl From<&NotificationSettingsRow> for NotificationSettings {
    fn from(row: &NotificationSettingsRow) -> Self {
        Self { instant_alerts: row.instant_alerts, summary_frequency: row.summary_frequency.into() }
    }
}
