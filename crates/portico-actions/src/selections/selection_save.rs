//! Staff create and change selections, and lead them through their states.

use chrono::NaiveDate;
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::clock::date_in;
use portico_core::id::{AllowanceId, LocationId, ProjectId, SelectionId, TaskId};
use portico_core::limits::caps;
use portico_core::money::Currency;
use portico_core::refusal::RefusalCode;
use portico_core::selections::{
    AllowanceEntryKind, MAX_CHOICES, SelectionAction, SelectionStatus, overage, total_price,
};
use portico_store::StoreError;
use portico_store::selections::{
    SelectionBudgetChange, SelectionChange, change_selection, change_selection_budget, count_selections,
    delete_selection, insert_selection, is_allowance_of_project, is_location_of_project, lock_selection,
    set_selection_status, share_selection, start_of_task,
};
use serde_json::json;

use super::client_action::today;
use super::contract::{add_to_contract, post};
use super::staff_action::{StaffSelection, lock};
use crate::projects::{MoneyDraft, open_project};
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum length of instructions and reasons, in characters.
pub(super) const TEXT: usize = 4_000;
/// Maximum number of days before a task.
const MAX_DAYS_BEFORE: i32 = 365;

/// Adds a draft of a selection to a project, or changes a selection that is not approved. `None` keeps a value, `Some(None)` clears it.
#[derive(Debug, Clone, Default)]
pub struct SelectionSave {
    /// The selection to change; `None` adds one.
    pub id: Option<SelectionId>,
    /// The version that was read; required to change one.
    pub expected_version: Option<i32>,
    /// The project; required to add one.
    pub project: Option<ProjectId>,
    /// The title; required to add one.
    pub title: Option<String>,
    /// The instructions.
    pub instructions: Option<Option<String>>,
    /// The category.
    pub category: Option<Option<String>>,
    /// The location.
    pub location: Option<Option<LocationId>>,
    /// The allowance.
    pub allowance: Option<Option<AllowanceId>>,
    /// The due date; excludes a task.
    pub due_on: Option<Option<NaiveDate>>,
    /// The published task on which the due date depends.
    pub due_task: Option<Option<TaskId>>,
    /// Days from the due date to the start of the task.
    pub due_days_before: Option<i32>,
    /// Minimum number of choices.
    pub min_choices: Option<i32>,
    /// Maximum number of choices.
    pub max_choices: Option<i32>,
    /// Whether clients may decline it.
    pub may_decline: Option<bool>,
    /// The original budget; needs the permission to view costs.
    pub original_budget: Option<Option<MoneyDraft>>,
    /// The revised budget; needs the permission to view costs.
    pub revised_budget: Option<Option<MoneyDraft>>,
}

impl SelectionSave {
    /// The texts and budgets, checked.
    fn checked(&self, currency: Currency) -> Result<(SelectionChange, SelectionBudgetChange), ActionError> {
        let mut change = SelectionChange { may_decline: self.may_decline, ..SelectionChange::default() };
        let mut budget = SelectionBudgetChange::default();
        let money = |member: &str, draft: &Option<Option<MoneyDraft>>| {
            draft.as_ref().map(|it| it.as_ref().map(|it| it.checked(member, currency)).transpose())
        };
        let (original, revised) =
            (money("originalBudget", &self.original_budget), money("revisedBudget", &self.revised_budget));
        let instructions = self.instructions.as_ref();
        let instructions =
            instructions.map(|it| it.as_deref().map(|text| check::body("instructions", text, TEXT)).transpose());
        let category = self.category.as_ref();
        let category =
            category.map(|it| it.as_deref().map(|text| check::text("category", text, check::NAME)).transpose());
        let checks = [
            self.title
                .as_deref()
                .map(|title| check::text("title", title, check::NAME).map(|it| change.title = Some(it))),
            instructions.map(|it| it.map(|it| change.instructions = Some(it))),
            category.map(|it| it.map(|it| change.category = Some(it))),
            original.map(|it| it.map(|it| budget.original_budget_minor = Some(it))),
            revised.map(|it| it.map(|it| budget.revised_budget_minor = Some(it))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok((change, budget))
    }

    /// The records that the selection refers to, which are of its project.
    async fn refer(
        &self,
        work: &mut Work<'_>,
        project: ProjectId,
        change: &mut SelectionChange,
    ) -> Result<(), ActionError> {
        change.location_id = self.location;
        change.allowance_id = self.allowance;
        if let Some(Some(location)) = self.location
            && !is_location_of_project(work.connection(), project, location).await?
        {
            return Err(Refusal::not_found("locationId").into());
        }
        if let Some(Some(allowance)) = self.allowance
            && !is_allowance_of_project(work.connection(), project, allowance).await?
        {
            return Err(Refusal::not_found("allowanceId").into());
        }
        Ok(())
    }

    /// The due date: given, or by a published task (SCH-11).
    async fn deadline(
        &self,
        work: &mut Work<'_>,
        project: ProjectId,
        (old_task, old_days): (Option<TaskId>, Option<i32>),
        change: &mut SelectionChange,
    ) -> Result<(), ActionError> {
        let invalid = |member: &str, message: &str| Refusal::of(RefusalCode::Invalid, member, message);
        if self.due_on.is_some() && (matches!(self.due_task, Some(Some(_))) || self.due_days_before.is_some()) {
            return Err(invalid("dueOn", "follows from the task: omit either the date or the task").into());
        }
        if let Some(date) = self.due_on {
            change.due_on = Some(date);
            (change.due_task_id, change.due_days_before) = (Some(None), Some(None));
            return Ok(());
        }
        if self.due_task == Some(None) {
            // The date stays.
            (change.due_task_id, change.due_days_before) = (Some(None), Some(None));
            return Ok(());
        }
        if self.due_task.is_none() && self.due_days_before.is_none() {
            return Ok(());
        }
        let task = self.due_task.flatten().or(old_task);
        let task = task.ok_or_else(|| invalid("dueDaysBefore", "needs a task: send `dueTaskId` as well"))?;
        let days = self.due_days_before.or(old_days);
        let days = days.ok_or_else(|| Refusal::missing("dueDaysBefore", "is required with a task"))?;
        if !(0..=MAX_DAYS_BEFORE).contains(&days) {
            return Err(invalid("dueDaysBefore", &format!("must be from 0 to {MAX_DAYS_BEFORE}")).into());
        }
        let start = start_of_task(work.connection(), project, task).await?;
        let start = start.ok_or_else(|| Refusal::not_found("dueTaskId"))?;
        (change.due_task_id, change.due_days_before) = (Some(Some(task)), Some(Some(days)));
        change.due_on = Some(Some(start - chrono::Days::new(days.unsigned_abs().into())));
        Ok(())
    }

    fn numbers(&self, (old_min, old_max): (i32, i32), change: &mut SelectionChange) -> Result<(), Refusal> {
        let (min, max) = (self.min_choices.unwrap_or(old_min), self.max_choices.unwrap_or(old_max));
        if !(1..=MAX_CHOICES).contains(&max) {
            let message = format!("must be from 1 to {MAX_CHOICES}");
            return Err(Refusal::of(RefusalCode::Invalid, "maxChoices", message));
        }
        if !(1..=max).contains(&min) {
            let message = format!("must be from 1 to the maximum of {max}");
            return Err(Refusal::of(RefusalCode::Invalid, "minChoices", message));
        }
        (change.min_choices, change.max_choices) = (self.min_choices, self.max_choices);
        Ok(())
    }
}

impl Action for SelectionSave {
    type Done = SelectionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<SelectionId, ActionError> {
        let staff = work.staff(Permission::SelectionsManage).await?;
        if self.original_budget.is_some() || self.revised_budget.is_some() {
            work.staff(Permission::CostsView).await?;
        }
        let (id, place) = match self.id {
            Some(id) => {
                let place = lock(work, (id, "id"), SelectionAction::Edit, self.expected_version).await?;
                if self.project.is_some_and(|named| named != place.project) {
                    return Err(Refusal::of(RefusalCode::Invalid, "projectId", "cannot be changed: omit it").into());
                }
                if self.expected_version.is_none() {
                    return Err(Refusal::missing("expectedVersion", "is required to change a selection").into());
                }
                (id, place)
            }
            None => {
                let required = |member: &str| Refusal::missing(member, "is required to add a selection");
                let project = self.project.ok_or_else(|| required("projectId"))?;
                let currency = open_project(work, &staff, project, "projectId").await?.currency;
                let title = self.title.as_deref().ok_or_else(|| required("title"))?;
                let title = check::text("title", title, check::NAME)?;
                if count_selections(work.connection(), project).await? >= i64::from(caps::SELECTIONS) {
                    let message = format!("a project has at most {} selections: delete drafts first", caps::SELECTIONS);
                    return Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into());
                }
                let id = insert_selection(work.connection(), (staff.company, project), &title).await?;
                let found = lock_selection(work.connection(), staff.company, project, id).await?;
                let found = found.ok_or_else(|| Refusal::not_found("id"))?;
                (id, StaffSelection { staff, project, currency, found })
            }
        };
        let row = &place.found.row;
        let (mut change, budget) = self.checked(place.currency)?;
        self.refer(work, place.project, &mut change).await?;
        self.deadline(work, place.project, (row.due_task_id, row.due_days_before), &mut change).await?;
        self.numbers((row.min_choices, row.max_choices), &mut change)?;
        if row.status == SelectionStatus::Shared && change.due_on.is_some() {
            let today = today(work, &place.found)?;
            change.is_overdue = change.due_on.map(|due| due.is_some_and(|due| due < today));
        }
        let mut names = change_selection(work.connection(), id, change).await?.names;
        if self.id.is_none() {
            names.insert(0, "title");
        }
        let whose = (place.staff.company, place.project);
        names.extend(change_selection_budget(work.connection(), whose, id, budget).await?);
        let event = place.event(ActivityKind::SelectionSaved, id).with(json!({ "isNew": self.id.is_none() }));
        work.record_changes(event, &names).await?;
        Ok(id)
    }
}

/// What staff do with a selection as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StaffTransition {
    /// Shares a draft with the clients, with the next number.
    Share,
    /// Locks the approved choice.
    Lock,
    /// Records that it was ordered.
    Order,
    /// Reopens an approved choice, for a reason, so that a client approves again.
    Reopen(String),
}

impl StaffTransition {
    const fn action(&self) -> (SelectionAction, ActivityKind) {
        match self {
            Self::Share => (SelectionAction::Share, ActivityKind::SelectionShared),
            Self::Lock => (SelectionAction::Lock, ActivityKind::SelectionLocked),
            Self::Order => (SelectionAction::Order, ActivityKind::SelectionOrdered),
            Self::Reopen(_) => (SelectionAction::Reopen, ActivityKind::SelectionReopened),
        }
    }
}

/// Changes the status of a selection, as staff.
#[derive(Debug, Clone)]
pub struct SelectionTransition {
    /// The selection.
    pub id: SelectionId,
    /// The version that was read.
    pub expected_version: i32,
    /// The step.
    pub step: StaffTransition,
}

impl Action for SelectionTransition {
    type Done = SelectionId;

    async fn write(&self, work: &mut Work<'_>) -> Result<SelectionId, ActionError> {
        let (action, kind) = self.step.action();
        let place = lock(work, (self.id, "id"), action, Some(self.expected_version)).await?;
        let at = work.now();
        let mut event = place.event(kind, self.id);
        match &self.step {
            StaffTransition::Share => share(work, self.id, &place).await?,
            StaffTransition::Lock => {
                set_selection_status(work.connection(), self.id, SelectionStatus::Locked, at).await?
            }
            StaffTransition::Order => {
                set_selection_status(work.connection(), self.id, SelectionStatus::Ordered, at).await?
            }
            StaffTransition::Reopen(reason) => {
                let reason = check::body("reason", reason, TEXT)?;
                event = event.with(json!({ "reason": reason }));
                reopen(work, self.id, &place).await?;
            }
        }
        work.record(event).await?;
        Ok(self.id)
    }
}

async fn share(work: &mut Work<'_>, id: SelectionId, place: &StaffSelection) -> Result<(), ActionError> {
    let row = &place.found.row;
    if i32::try_from(place.found.options.len()).is_ok_and(|count| count < row.min_choices) {
        let message = format!("has fewer options than clients choose, which is {}: add options first", row.min_choices);
        return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
    }
    let today = date_in(&row.time_zone, work.now());
    let today = today.ok_or_else(|| StoreError::Failed(format!("unknown time zone {}", row.time_zone)))?;
    let is_overdue = row.due_on.is_some_and(|due| due < today);
    Ok(share_selection(work.connection(), place.project, id, is_overdue).await?)
}

/// Takes the approval back: a reversing entry, and what it added to the contract total (MR-5, MR-19).
async fn reopen(work: &mut Work<'_>, id: SelectionId, place: &StaffSelection) -> Result<(), ActionError> {
    let whose = (place.staff.company, place.project);
    let chosen: Vec<_> = place.found.chosen().into_iter().map(|(_, price)| price).collect();
    let price = total_price(&chosen).unwrap_or_default();
    let back = match &place.found.row.allowance {
        Some(allowance) => {
            let entry = (AllowanceEntryKind::Reopened, price.saturating_neg());
            post(work, whose, allowance.allowance_id, Some(id), entry).await?;
            let (terms, used) = (allowance.amounts(), allowance.used_minor);
            let after = overage(&terms, used.saturating_sub(price)).total_minor();
            after.saturating_sub(overage(&terms, used).total_minor())
        }
        None => {
            let effect = portico_core::selections::effect(&chosen, place.found.basis());
            effect.and_then(|effect| effect.contract_minor).unwrap_or_default().saturating_neg()
        }
    };
    let at = work.now();
    set_selection_status(work.connection(), id, SelectionStatus::Chosen, at).await?;
    add_to_contract(work, whose.0, whose.1, back).await
}

/// Deletes a draft of a selection, with its options.
#[derive(Debug, Clone, Copy)]
pub struct SelectionDelete {
    /// The selection.
    pub id: SelectionId,
}

impl Action for SelectionDelete {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let place = lock(work, (self.id, "id"), SelectionAction::Delete, None).await?;
        delete_selection(work.connection(), place.project, self.id).await?;
        let event = ActivityEvent::new(ActivityKind::SelectionDeleted).in_project(place.staff.company, place.project);
        work.record(event.to(SubjectKind::Selection, self.id)).await?;
        Ok(place.project)
    }
}
