//! Dismisses the overview video.

use portico_core::access::Role;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::refusal::RefusalCode;
use portico_store::portal::dismiss_onboarding;
use portico_store::sessions::can_sign_in_as;

use crate::{Action, ActionError, ActivityEvent, Refusal, Work, WriteScope};

/// Dismisses the overview video for a client (PRT-15). A client without access yet cannot dismiss it.
#[derive(Debug, Clone, Copy)]
pub struct OnboardingDismiss;

impl Action for OnboardingDismiss {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let (person, now) = (work.person().await?, work.now());
        if person.role != Role::Client || !can_sign_in_as(work.connection(), person.identity, Role::Client).await? {
            return Err(Refusal::new(RefusalCode::NotFound, "there is nothing to dismiss").into());
        }
        if !dismiss_onboarding(work.connection(), person.identity, now).await? {
            return Ok(());
        }
        let event = ActivityEvent::new(ActivityKind::OnboardingDismissed);
        work.record(event.to(SubjectKind::Identity, person.identity)).await
    }
}
