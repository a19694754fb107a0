//! Somebody says how they wish to be told of news.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::people::SummaryFrequency;
use portico_store::people::set_notifications;

use super::proof::refuse_without_place;
use crate::{Action, ActionError, Happened, Work};

/// Sets how whoever has signed in wishes to be told of news (ACC-17); what is none stays.
#[derive(Debug, Clone, Copy)]
pub struct NotificationsUpdate {
    /// Whether at once.
    pub instant_alerts: Option<bool>,
    /// How often summed up.
    pub summary_frequency: Option<SummaryFrequency>,
}

impl Action for NotificationsUpdate {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        refuse_without_place(work, &person).await?;
        set_notifications(work.connection(), person.identity, self.instant_alerts, self.summary_frequency).await?;
        work.record(Happened::new(ActivityKind::NotificationsChanged).to(SubjectKind::Identity, person.identity)).await
    }
}
