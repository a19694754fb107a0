//! Changes the caller's notification settings.

use portico_core::accounts::SummaryFrequency;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_store::accounts::set_notifications;

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
        set_notifications(work.connection(), person.identity, self.instant_alerts, self.summary_frequency).await?;
        work.record(ActivityEvent::new(ActivityKind::NotificationsChanged).to(SubjectKind::Identity, person.identity))
            .await
    }
}
