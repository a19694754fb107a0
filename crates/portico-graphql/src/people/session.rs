//! What people see of their own sessions and settings.

use std::sync::Arc;

use async_graphql::{Enum, ID, Object, SimpleObject};
use portico_core::id::Tag;
use portico_core::people::SummaryFrequency as CoreFrequency;
use portico_graphql_macros::gated;
use portico_loader::people::{NotificationSettingsRow, SessionRow};

use crate::ids;
use crate::scalars::DateTime;

/// One of your own sessions: a browser or a telephone on which you are signed in.
pub(crate) struct Session(pub(crate) Arc<SessionRow>);

/// One of your own sessions: a browser or a telephone on which you are signed in.
#[gated]
#[Object]
impl Session {
    /// Its id, to end it by. `node` does not know it.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn id(&self) -> ID {
        ids::global(Tag::SESSION, self.0.id.0)
    }

    /// What it calls itself. Null if it did not say.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn device(&self) -> Option<&str> {
        self.0.device.as_deref()
    }

    /// Whether it is the one with which you are asking.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn is_current(&self) -> bool {
        self.0.is_current.unwrap_or_default()
    }

    /// When you signed in.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last used, to the hour.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn last_seen_at(&self) -> DateTime {
        DateTime(self.0.last_seen_at)
    }

    /// When it ends unless it is used.
    #[shared(CLIENT, TRADE, STAFF, SUPPORT)]
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }
}

/// How often the news is summed up by mail. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreFrequency")]
pub(crate) enum SummaryFrequency {
    /// Not at all.
    #[shared(CLIENT, TRADE, STAFF)]
    Never,
    /// Every day.
    #[shared(CLIENT, TRADE, STAFF)]
    Daily,
    /// Every week.
    #[shared(CLIENT, TRADE, STAFF)]
    Weekly,
}

/// How you wish to be told of news.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct NotificationSettings {
    /// Whether you are told at once.
    instant_alerts: bool,
    /// How often the news is summed up by mail.
    summary_frequency: SummaryFrequency,
}

impl From<&NotificationSettingsRow> for NotificationSettings {
    fn from(row: &NotificationSettingsRow) -> Self {
        Self { instant_alerts: row.instant_alerts, summary_frequency: row.summary_frequency.into() }
    }
}
