//! A client chooses options of a selection, or declines it.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::SelectionId;
use portico_core::refusal::RefusalCode;
use portico_core::selections::{NamedChoice, SelectionAction, check_choices};
use portico_store::selections::{NewChoice, choose_options, decline_selection};
use serde::Serialize;

use super::client_action::{ClientAction, ClientContext, check_state, check_version, perform, today};
use crate::{ActionError, ActivityEvent, Actor, Refusal, Work, check};

/// Maximum length of a reason, in characters.
const REASON: usize = 2_000;

/// Chooses options of a selection, instead of those chosen before (SEL-1). It commits nothing until it is approved (MR-5).
#[derive(Debug, Clone, Serialize)]
pub struct SelectionChoose {
    /// The selection.
    pub id: Option<SelectionId>,
    /// The options with their quantities.
    pub choices: Vec<NamedChoice>,
    /// The version that the client has seen.
    pub expected_version: i32,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl SelectionChoose {
    /// Chooses the options.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] in another state, with another version, and for options that cannot be chosen.
    pub async fn run(self, actor: &Actor) -> Result<SelectionId, ActionError> {
        perform(actor, self).await
    }
}

impl ClientAction for SelectionChoose {
    type Done = SelectionId;

    fn selection(&self) -> Option<SelectionId> {
        self.id
    }

    fn idempotency_key(&self) -> &str {
        &self.idempotency_key
    }

    async fn write_at(&self, work: &mut Work<'_>, place: &ClientContext) -> Result<SelectionId, ActionError> {
        let found = place.lock(work).await?;
        place.check_open()?;
        check_state(SelectionAction::Choose, found.row.status)?;
        check_version(&found, self.expected_version)?;
        let range = (found.row.min_choices, found.row.max_choices);
        let choices =
            check_choices(&found.offered(today(work, &found)?), &self.choices, range).map_err(Refusal::from)?;
        let new = NewChoice {
            place: (place.company, place.project.id),
            selection: place.selection,
            choices: &choices,
            at: work.now(),
            by: place.client.membership,
            by_name: &place.client.name,
        };
        choose_options(work.connection(), &new).await?;
        work.record(event(ActivityKind::SelectionChosen, place)).await?;
        Ok(place.selection)
    }
}

/// Declines a selection, where the company allows it.
#[derive(Debug, Clone, Serialize)]
pub struct SelectionDecline {
    /// The selection.
    pub id: Option<SelectionId>,
    /// The reason.
    pub reason: Option<String>,
    /// The version that the client has seen.
    pub expected_version: i32,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl SelectionDecline {
    /// Declines the selection.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] in another state, with another version, and if it may not be declined.
    pub async fn run(self, actor: &Actor) -> Result<SelectionId, ActionError> {
        perform(actor, self).await
    }
}

impl ClientAction for SelectionDecline {
    type Done = SelectionId;

    fn selection(&self) -> Option<SelectionId> {
        self.id
    }

    fn idempotency_key(&self) -> &str {
        &self.idempotency_key
    }

    async fn write_at(&self, work: &mut Work<'_>, place: &ClientContext) -> Result<SelectionId, ActionError> {
        let found = place.lock(work).await?;
        place.check_open()?;
        check_state(SelectionAction::Decline, found.row.status)?;
        if !found.row.may_decline {
            let message = "the selection cannot be declined: choose an option, or write to the company";
            return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
        }
        check_version(&found, self.expected_version)?;
        let reason = self.reason.as_deref().map(|text| check::body("reason", text, REASON)).transpose()?;
        decline_selection(work.connection(), place.selection, reason.as_deref()).await?;
        work.record(event(ActivityKind::SelectionDeclined, place)).await?;
        Ok(place.selection)
    }
}

fn event(kind: ActivityKind, place: &ClientContext) -> ActivityEvent {
    ActivityEvent::new(kind).in_project(place.company, place.project.id).to(SubjectKind::Selection, place.selection)
}
