//! What clients do with selections.

use chrono::NaiveDate;
use portico_core::access::Role;
use portico_core::clock::date_in;
use portico_core::id::{CompanyId, SelectionId};
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_core::selections::{ChoiceFault, SelectionAction, SelectionStatus};
use portico_store::memberships::{LockedProject, lock_project};
use portico_store::selections::{LockedSelection, SelectionClient, lock_selection, selection_client, selections_by_id};
use portico_store::{StoreError, Visible};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::refusal::ARCHIVED;
use crate::{Action, ActionError, Actor, Refusal, Work};

/// An action of a client on a selection.
pub(super) trait ClientAction: Serialize + Send + Sync {
    type Done: Serialize + DeserializeOwned + Send + Sync;

    fn selection(&self) -> Option<SelectionId>;

    fn idempotency_key(&self) -> &str;

    fn write_at(
        &self,
        work: &mut Work<'_>,
        place: &ClientContext,
    ) -> impl Future<Output = Result<Self::Done, ActionError>> + Send;
}

/// Where and as whom a client acts. The project is locked.
pub(super) struct ClientContext {
    pub(super) company: CompanyId,
    pub(super) project: LockedProject,
    pub(super) selection: SelectionId,
    pub(super) client: SelectionClient,
}

/// Performs a client's action, in the company of the selection.
pub(super) async fn perform<D: ClientAction>(actor: &Actor, action: D) -> Result<D::Done, ActionError> {
    let not_found = || Refusal::not_found("id");
    let selection = action.selection().ok_or_else(not_found)?;
    // In the client's role view. The company whose rows the action may write follows from the selection.
    let session = actor.sees();
    let seen = selections_by_id(&session, vec![selection]).await?;
    session.close();
    let seen = seen.into_iter().find(|row| row.visible_to(actor.viewer())).ok_or_else(not_found)?;
    actor.perform(&InCompany { action: &action, selection, company: seen.company_id, project: seen.project_id }).await
}

struct InCompany<'a, D> {
    action: &'a D,
    selection: SelectionId,
    company: CompanyId,
    project: portico_core::id::ProjectId,
}

impl<D: ClientAction> Action for InCompany<'_, D> {
    type Done = D::Done;

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<D::Done, ActionError> {
        let not_found = || Refusal::not_found("id");
        let person = work.person().await?;
        if person.role != Role::Client {
            return Err(not_found().into());
        }
        if let Some(known) = work.answered(self.action.idempotency_key(), self.action).await? {
            return Ok(known);
        }
        // The lock of all changes of the project's members, decisions, and amounts.
        let project = lock_project(work.connection(), self.company, self.project).await?.ok_or_else(not_found)?;
        let client = selection_client(work.connection(), self.company, self.project, person.identity).await?;
        let place = ClientContext {
            company: self.company,
            project,
            selection: self.selection,
            client: client.ok_or_else(not_found)?,
        };
        let done = self.action.write_at(work, &place).await?;
        work.answer(self.action.idempotency_key(), &done).await?;
        Ok(done)
    }
}

impl ClientContext {
    /// The selection, locked. One that clients may not see does not exist.
    pub(super) async fn lock(&self, work: &mut Work<'_>) -> Result<LockedSelection, ActionError> {
        let found = lock_selection(work.connection(), self.company, self.project.id, self.selection).await?;
        let shared = found.filter(|found| found.row.status != SelectionStatus::Draft);
        Ok(shared.ok_or_else(|| Refusal::not_found("id"))?)
    }

    /// Rejects changes of archived projects.
    pub(super) fn check_open(&self) -> Result<(), Refusal> {
        match self.project.status {
            ProjectStatus::Archived => Err(Refusal::of(RefusalCode::ProjectClosed, "id", ARCHIVED)),
            _ => Ok(()),
        }
    }
}

/// Rejects an action in another state.
pub(super) fn check_state(action: SelectionAction, status: SelectionStatus) -> Result<(), Refusal> {
    match action.refused_in(status) {
        Some(message) => Err(Refusal::of(RefusalCode::InvalidState, "id", message)),
        None => Ok(()),
    }
}

/// Rejects an outdated version.
pub(super) fn check_version(found: &LockedSelection, expected: i32) -> Result<(), Refusal> {
    if found.row.version == expected { Ok(()) } else { Err(Refusal::outdated(found.row.version)) }
}

/// The date in the project's time zone.
pub(super) fn today(work: &Work<'_>, found: &LockedSelection) -> Result<NaiveDate, StoreError> {
    let zone = &found.row.time_zone;
    date_in(zone, work.now()).ok_or_else(|| StoreError::Failed(format!("unknown time zone {zone}")))
}

impl From<ChoiceFault> for Refusal {
    fn from(ChoiceFault { code, member, message }: ChoiceFault) -> Self {
        Self::of(code, &member, message)
    }
}
