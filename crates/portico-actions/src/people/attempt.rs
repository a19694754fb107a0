//! Attempts that failed, for the trail: their own action writes nothing.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::IdentityId;
use portico_core::refusal::RefusalCode;
use serde_json::json;

use crate::{Action, ActionError, Actor, Happened, Work};

/// Writes down that somebody was not let in, if they were not. What came of it stays what it is. Whoever is slowed has tried
/// nothing, and is not written down: it would take as much as the attempt.
pub(super) async fn noted<T>(
    actor: &Actor,
    by: &'static str,
    whose: Option<IdentityId>,
    outcome: Result<T, ActionError>,
) -> Result<T, ActionError> {
    if let Err(ActionError::Refused(refusals)) = &outcome
        && refusals.iter().any(|refusal| refusal.code == RefusalCode::SignInRefused)
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

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let happened = Happened::new(ActivityKind::SignInRefused).with(json!({ "by": self.by }));
        work.record(match self.whose {
            Some(identity) => happened.to(SubjectKind::Identity, identity),
            None => happened,
        })
        .await
    }
}
