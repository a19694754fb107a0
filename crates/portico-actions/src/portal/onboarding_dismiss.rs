//! A client has seen the overview video.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::people::Role;
use portico_core::refusal::RefusalCode;
use portico_store::people::has_place;
use portico_store::portal::dismiss_onboarding;

use crate::{Action, ActionError, Happened, Refusal, Work};

/// A client has seen the overview video, or does not wish to (PRT-15). Who has no access yet keeps it for later.
#[derive(Debug, Clone, Copy)]
pub struct OnboardingDismiss;

impl Action for OnboardingDismiss {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let (person, now) = (work.person().await?, work.now());
        if person.role != Role::Client || !has_place(work.connection(), person.identity, Role::Client).await? {
            return Err(Refusal::new(RefusalCode::NotFound, "there is nothing to dismiss").into());
        }
        dismiss_onboarding(work.connection(), person.identity, now).await?;
        let happened = Happened::new(ActivityKind::OnboardingDismissed);
        work.record(happened.to(SubjectKind::Identity, person.identity)).await
    }
}
