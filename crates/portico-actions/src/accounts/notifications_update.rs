//! Changes the caller's notification settings.

use portico_core::accounts::SummaryFrequency;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_store::accounts::{NotificationsChange, change_notifications};

use super::reauthenticate::require_membership;
use crate::{Action, ActionError, ActivityEvent, Work, WriteScope};

/// Changes the caller's notification settings (ACC-17). `None` keeps the current value.
#[derive(Debug, Clone, Copy)]
pub struct NotificationsUpdate {
    /// Whether to send alerts immediately.
    pub instant_alerts: Option<bool>,
    /// The frequency of summary emails.
    pub summary_frequency: Option<SummaryFrequency>,
}

impl Action for NotificationsUpdate {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        require_membership(work, &person).await?;
        let Self { instant_alerts, summary_frequency } = *self;
        let change = NotificationsChange { instant_alerts, summary_frequency };
        let changed = change_notifications(work.connection(), person.identity, change).await?.names;
        let event = ActivityEvent::new(ActivityKind::NotificationsChanged);
        work.record_changes(event.to(SubjectKind::Identity, person.identity), &changed).await
    }
}
