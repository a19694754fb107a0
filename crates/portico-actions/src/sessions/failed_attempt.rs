//! Audit log entries of failed sign-ins, whose own transaction writes nothing.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::IdentityId;
use portico_core::refusal::RefusalCode;
use serde_json::json;

use super::attempts;
use crate::{Action, ActionError, ActivityEvent, Actor, Work, WriteScope};

/// Records a refused sign-in, and returns the outcome unchanged. A rate-limited attempt is not recorded: writing the entry would
/// cost as much as the attempt.
pub(crate) async fn record_if_refused<T>(
    actor: &Actor,
    by: &'static str,
    whose: Option<IdentityId>,
    outcome: Result<T, ActionError>,
) -> Result<T, ActionError> {
    if let Err(ActionError::Refused(refusals)) = &outcome
        && refusals.iter().any(|refusal| refusal.code == RefusalCode::SignInRefused)
        && attempts::may_record(actor, whose).await
    {
        actor.perform(&Refused { by, whose }).await?;
    }
    outcome
}

struct Refused {
    by: &'static str,
    whose: Option<IdentityId>,
}

impl Action for Refused {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let event = ActivityEvent::new(ActivityKind::SignInRefused).with(json!({ "by": self.by }));
        work.record(match self.whose {
            Some(identity) => event.to(SubjectKind::Identity, identity),
            None => event,
        })
        .await
    }
}
