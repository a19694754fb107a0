//! The caller's sessions and notification settings.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};
use portico_core::accounts::SummaryFrequency as CoreFrequency;
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::accounts::NotificationSettingsRow;
use portico_loader::sessions::SessionRow;

use crate::ids;
use crate::scalars::DateTime;

/// Session of the caller, in a browser or an app.
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
    async fn device(&self) -> Option<&str> {
        self.0.device.as_deref()
    }

    /// Whether this is the session of the request.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn is_current(&self) -> bool {
        self.0.is_current.unwrap_or_default()
    }

    /// Sign-in time.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Time of the last use, to the hour.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn last_seen_at(&self) -> DateTime {
        DateTime(self.0.last_seen_at)
    }

    /// Expiry time; each use extends it.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
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
