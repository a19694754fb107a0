//! Mutations of selections, their options and allowances by staff.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::selections::{
    AllowanceDelete, AllowanceSave, SelectionDelete, SelectionOptionDelete, SelectionOptionSave, SelectionSave,
    SelectionTradeUpdate, SelectionTransition, SelectionsCopy, StaffTransition,
};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::selections::{AllowanceById, OptionById, SelectionById};
use uuid::Uuid;

use super::{Allowance, AllowanceCovers, Selection, SelectionOption, UnusedAllowancePolicy};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::{MoneyInput, Project, project};
use crate::scalars::{Date, changed};

/// Input of `selectionSave`. Without `id` it adds a draft and needs `projectId` and `title`; with `id` it needs
/// `expectedVersion`.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionSaveInput {
    /// Selection to change. Omit to add one.
    #[shared(STAFF)]
    id: Option<ID>,
    /// Version that was read. A mismatch is rejected with `CONFLICT`. Omit to add a selection.
    #[shared(STAFF)]
    expected_version: Option<i32>,
    /// Project of a new selection. Omit with `id`.
    #[shared(STAFF)]
    project_id: Option<ID>,
    /// Title. Omit to keep the current value.
    #[shared(STAFF)]
    title: Option<String>,
    /// Instructions for the client, at most 4,000 characters.
    #[shared(STAFF)]
    instructions: MaybeUndefined<String>,
    /// Category.
    #[shared(STAFF)]
    category: MaybeUndefined<String>,
    /// Location of the project.
    #[shared(STAFF)]
    location_id: MaybeUndefined<ID>,
    /// Allowance of the project that pays for the choice.
    #[shared(STAFF)]
    allowance_id: MaybeUndefined<ID>,
    /// Due date. Not together with `dueTaskId`.
    #[shared(STAFF)]
    due_on: MaybeUndefined<Date>,
    /// Task of the published schedule on which the due date depends. It needs `dueDaysBefore`.
    #[shared(STAFF)]
    due_task_id: MaybeUndefined<ID>,
    /// Days from the due date to the start of the task, 0 to 365. Omit to keep the current value.
    #[shared(STAFF)]
    due_days_before: Option<i32>,
    /// Minimum number of options to choose. Omit to keep the current value; a new selection has 1.
    #[shared(STAFF)]
    min_choices: Option<i32>,
    /// Maximum number of options to choose, at most 20. Omit to keep the current value; a new selection has 1.
    #[shared(STAFF)]
    max_choices: Option<i32>,
    /// Whether clients may decline it. Omit to keep the current value; a new selection cannot be declined.
    #[shared(STAFF)]
    may_decline: Option<bool>,
    /// Original budget in the project's currency.
    #[requires(COSTS_VIEW)]
    original_budget: MaybeUndefined<MoneyInput>,
    /// Current budget in the project's currency.
    #[requires(COSTS_VIEW)]
    revised_budget: MaybeUndefined<MoneyInput>,
}

macro_rules! step_inputs {
    ($($(#[$meta:meta])* $name:ident;)+) => {
        $(
            $(#[$meta])*
            #[gated(STAFF)]
            #[derive(Debug, Clone, InputObject)]
            pub(crate) struct $name {
                /// The selection.
                id: ID,
                /// Version that was read. A mismatch is rejected with `CONFLICT`.
                expected_version: i32,
            }
        )+
    };
}

step_inputs! {
    /// Input of `selectionShare`.
    SelectionShareInput;
    /// Input of `selectionLock`.
    SelectionLockInput;
    /// Input of `selectionOrder`.
    SelectionOrderInput;
}

/// Input of `selectionReopen`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionReopenInput {
    /// The selection.
    id: ID,
    /// Version that was read. A mismatch is rejected with `CONFLICT`.
    expected_version: i32,
    /// Reason, for the audit log.
    reason: String,
}

/// Input of `selectionTradeUpdate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionTradeUpdateInput {
    /// The selection.
    id: ID,
    /// Information for trade partners, at most 4,000 characters.
    trade_info: MaybeUndefined<String>,
    /// Memberships of the trade partners who see the selection, at most 100; new ones need web access to the project. Replaces the
    /// list. Omit to keep it.
    trade_ids: Option<Vec<ID>>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionDeleteInput {
    /// ID of the draft.
    id: ID,
}

/// Input of `selectionOptionSave`. Without `id` it adds an option and needs `selectionId` and `title`; with `id` it needs
/// `expectedVersion`.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionOptionSaveInput {
    /// Option to change. Omit to add one.
    #[shared(STAFF)]
    id: Option<ID>,
    /// Version of the option that was read. A mismatch is rejected with `CONFLICT`. Omit to add an option.
    #[shared(STAFF)]
    expected_version: Option<i32>,
    /// Selection of a new option. Omit with `id`.
    #[shared(STAFF)]
    selection_id: Option<ID>,
    /// Title. Omit to keep the current value.
    #[shared(STAFF)]
    title: Option<String>,
    /// Description, at most 4,000 characters.
    #[shared(STAFF)]
    description: MaybeUndefined<String>,
    /// Price of one to the client. Omit to keep the current value; `null` if it is to be determined.
    #[shared(STAFF)]
    price: MaybeUndefined<MoneyInput>,
    /// Last day of the price, in the project's time zone.
    #[shared(STAFF)]
    price_expires_on: MaybeUndefined<Date>,
    /// Whether it is the included standard, of which a selection has at most one. Omit to keep the current value.
    #[shared(STAFF)]
    is_standard: Option<bool>,
    /// Days from order to delivery.
    #[shared(STAFF)]
    lead_time_days: MaybeUndefined<i32>,
    /// Sort order, lowest first. Omit to keep the current value, or to add the option last.
    #[shared(STAFF)]
    sort: Option<i32>,
    /// Cost to the company. Omit to keep the current value.
    #[requires(COSTS_VIEW)]
    unit_cost: Option<MoneyInput>,
    /// Vendor.
    #[requires(COSTS_VIEW)]
    vendor: MaybeUndefined<String>,
    /// The vendor's article number.
    #[requires(COSTS_VIEW)]
    vendor_sku: MaybeUndefined<String>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionOptionDeleteInput {
    /// ID of the option.
    id: ID,
}

/// Input of `allowanceSave`. Without `id` it adds an allowance and needs `projectId`, `name` and `granted`; with `id` it
/// needs `expectedVersion`.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AllowanceSaveInput {
    /// Allowance to change. Omit to add one.
    #[shared(STAFF)]
    id: Option<ID>,
    /// Version that was read. A mismatch is rejected with `CONFLICT`. Omit to add an allowance.
    #[shared(STAFF)]
    expected_version: Option<i32>,
    /// Project of a new allowance. Omit with `id`.
    #[shared(STAFF)]
    project_id: Option<ID>,
    /// Name. Omit to keep the current value.
    #[shared(STAFF)]
    name: Option<String>,
    /// Granted amount. Omit to keep the current value.
    #[shared(STAFF)]
    granted: Option<MoneyInput>,
    /// What it pays for. Omit to keep the current value; a new one pays for materials and labor.
    #[shared(STAFF)]
    covers: Option<AllowanceCovers>,
    /// Terms in words, at most 4,000 characters.
    #[shared(STAFF)]
    terms: MaybeUndefined<String>,
    /// What happens with an unused amount. Omit to keep the current value; of a new one it is kept.
    #[shared(STAFF)]
    unused_policy: Option<UnusedAllowancePolicy>,
    /// The contract's fee on an overage, in percent: `15` is 15 %. Omit to keep the current value.
    #[shared(STAFF)]
    fee_percent: Option<String>,
    /// Tax on an overage with its fee, in percent: `8.25` is 8.25 %. Omit to keep the current value.
    #[shared(STAFF)]
    tax_percent: Option<String>,
    /// Sort order, lowest first. Omit to keep the current value, or to add the allowance last.
    #[shared(STAFF)]
    sort: Option<i32>,
    /// Expected cost to the company.
    #[requires(COSTS_VIEW)]
    cost_basis: MaybeUndefined<MoneyInput>,
    /// Buffer in percent of the cost: `6` is 6 %.
    #[requires(COSTS_VIEW)]
    buffer_percent: MaybeUndefined<String>,
}

#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct AllowanceDeleteInput {
    /// ID of the allowance.
    id: ID,
}

/// Input of `selectionsCopy`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SelectionsCopyInput {
    /// Project of the company whose selections are copied.
    from_project_id: ID,
    /// Project to which drafts are added.
    to_project_id: ID,
    idempotency_key: String,
}

macro_rules! selection_payloads {
    ($($(#[$meta:meta])* $name:ident;)+) => {
        $(payload! {
            $(#[$meta])*
            $name for (STAFF) {
                /// The selection. Null on rejection, and without `PROJECTS_READ`.
                selection: Selection,
            }
        })+
    };
}

selection_payloads! {
    /// Result of `selectionSave`.
    SelectionSavePayload;
    /// Result of `selectionShare`.
    SelectionSharePayload;
    /// Result of `selectionLock`.
    SelectionLockPayload;
    /// Result of `selectionOrder`.
    SelectionOrderPayload;
    /// Result of `selectionReopen`.
    SelectionReopenPayload;
    /// Result of `selectionTradeUpdate`.
    SelectionTradeUpdatePayload;
    /// Result of `selectionOptionDelete`.
    SelectionOptionDeletePayload;
}

payload! {
    SelectionDeletePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

payload! {
    SelectionOptionSavePayload for (STAFF) {
        /// The option. Null on rejection, and without `PROJECTS_READ`.
        option: SelectionOption,
    }
}

payload! {
    AllowanceSavePayload for (STAFF) {
        /// The allowance. Null on rejection, and without `PROJECTS_READ`.
        allowance: Allowance,
    }
}

payload! {
    AllowanceDeletePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

payload! {
    SelectionsCopyPayload for (STAFF) {
        /// The project with the new drafts. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

/// An id of a type in an optional member, which can be cleared.
fn cleared<T: From<Uuid>>(id: MaybeUndefined<ID>, argument: &str, tag: Tag) -> Result<Option<Option<T>>, ApiError> {
    changed(id).map(|id| id.map(|id| ids::read_as(&id, argument, tag)).transpose()).transpose()
}

fn date(date: MaybeUndefined<Date>, argument: &str) -> Result<Option<Option<chrono::NaiveDate>>, ApiError> {
    changed(date).map(|date| date.map(|date| date.checked(argument)).transpose()).transpose()
}

fn own<T: From<Uuid>>(id: Option<ID>, argument: &str, tag: Tag) -> Result<Option<T>, ApiError> {
    id.map(|id| ids::read_as(&id, argument, tag)).transpose()
}

async fn selection(ctx: &Context<'_>, id: portico_core::id::SelectionId) -> Result<Option<Selection>, ApiError> {
    Ok(load(ctx, SelectionById(id)).await?.map(Selection))
}

/// Mutations of selections by staff.
#[derive(Default)]
pub(crate) struct SelectionStaffMutations;

/// Mutations of selections by staff.
#[gated]
#[Object]
impl SelectionStaffMutations {
    /// Adds a draft of a selection, or changes a `DRAFT`, `SHARED` or `CHOSEN` selection. A due date by a task follows the
    /// task when the schedule is published.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_save(
        &self,
        ctx: &Context<'_>,
        input: SelectionSaveInput,
    ) -> Result<SelectionSavePayload, ApiError> {
        let action = SelectionSave {
            id: own(input.id, "input.id", Tag::SELECTION)?,
            expected_version: input.expected_version,
            project: own(input.project_id, "input.projectId", Tag::PROJECT)?,
            title: input.title,
            instructions: changed(input.instructions),
            category: changed(input.category),
            location: cleared(input.location_id, "input.locationId", Tag::LOCATION)?,
            allowance: cleared(input.allowance_id, "input.allowanceId", Tag::ALLOWANCE)?,
            due_on: date(input.due_on, "input.dueOn")?,
            due_task: cleared(input.due_task_id, "input.dueTaskId", Tag::TASK)?,
            due_days_before: input.due_days_before,
            min_choices: input.min_choices,
            max_choices: input.max_choices,
            may_decline: input.may_decline,
            original_budget: changed(input.original_budget).map(|it| it.map(Into::into)),
            revised_budget: changed(input.revised_budget).map(|it| it.map(Into::into)),
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => SelectionSavePayload::done(selection(ctx, id).await?),
            Err(refused) => SelectionSavePayload::refused(refused),
        })
    }

    /// Deletes a draft of a selection, with its options. Their files are detached, and remain.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_delete(
        &self,
        ctx: &Context<'_>,
        input: SelectionDeleteInput,
    ) -> Result<SelectionDeletePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::SELECTION)?;
        Ok(match act(ctx, SelectionDelete { id }).await? {
            Ok(id) => SelectionDeletePayload::done(project(ctx, id).await?),
            Err(refused) => SelectionDeletePayload::refused(refused),
        })
    }

    /// Shares a draft with the project's clients, and gives it the next number. It needs at least `minChoices` options.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_share(
        &self,
        ctx: &Context<'_>,
        input: SelectionShareInput,
    ) -> Result<SelectionSharePayload, ApiError> {
        Ok(match act(ctx, moved(&input.id, input.expected_version, StaffTransition::Share)?).await? {
            Ok(id) => SelectionSharePayload::done(selection(ctx, id).await?),
            Err(refused) => SelectionSharePayload::refused(refused),
        })
    }

    /// Locks an approved choice. Staff cannot reopen it then.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_lock(
        &self,
        ctx: &Context<'_>,
        input: SelectionLockInput,
    ) -> Result<SelectionLockPayload, ApiError> {
        Ok(match act(ctx, moved(&input.id, input.expected_version, StaffTransition::Lock)?).await? {
            Ok(id) => SelectionLockPayload::done(selection(ctx, id).await?),
            Err(refused) => SelectionLockPayload::refused(refused),
        })
    }

    /// Records that a locked choice was ordered.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_order(
        &self,
        ctx: &Context<'_>,
        input: SelectionOrderInput,
    ) -> Result<SelectionOrderPayload, ApiError> {
        Ok(match act(ctx, moved(&input.id, input.expected_version, StaffTransition::Order)?).await? {
            Ok(id) => SelectionOrderPayload::done(selection(ctx, id).await?),
            Err(refused) => SelectionOrderPayload::refused(refused),
        })
    }

    /// Reopens an approved choice: removes the effect of its approval from the allowance and the contract total, and a
    /// client approves the selection again, which is `CHOSEN` until then.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_reopen(
        &self,
        ctx: &Context<'_>,
        input: SelectionReopenInput,
    ) -> Result<SelectionReopenPayload, ApiError> {
        let SelectionReopenInput { id, expected_version, reason } = input;
        let action = moved(&id, expected_version, StaffTransition::Reopen(reason))?;
        Ok(match act(ctx, action).await? {
            Ok(id) => SelectionReopenPayload::done(selection(ctx, id).await?),
            Err(refused) => SelectionReopenPayload::refused(refused),
        })
    }

    /// Sets which trade partners see a selection, and what they read about it, in any status. Does not change `version`.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_trade_update(
        &self,
        ctx: &Context<'_>,
        input: SelectionTradeUpdateInput,
    ) -> Result<SelectionTradeUpdatePayload, ApiError> {
        let partner = |id: &ID| ids::read_as(id, "input.tradeIds", Tag::PROJECT_MEMBERSHIP);
        let action = SelectionTradeUpdate {
            id: ids::read_as(&input.id, "input.id", Tag::SELECTION)?,
            trade_info: changed(input.trade_info),
            trades: input.trade_ids.map(|ids| ids.iter().map(partner).collect()).transpose()?,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => SelectionTradeUpdatePayload::done(selection(ctx, id).await?),
            Err(refused) => SelectionTradeUpdatePayload::refused(refused),
        })
    }

    /// Adds an option to a selection that is `DRAFT`, `SHARED` or `CHOSEN`, or changes it.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_option_save(
        &self,
        ctx: &Context<'_>,
        input: SelectionOptionSaveInput,
    ) -> Result<SelectionOptionSavePayload, ApiError> {
        let action = SelectionOptionSave {
            id: own(input.id, "input.id", Tag::SELECTION_OPTION)?,
            expected_version: input.expected_version,
            selection: own(input.selection_id, "input.selectionId", Tag::SELECTION)?,
            title: input.title,
            description: changed(input.description),
            price: changed(input.price).map(|it| it.map(Into::into)),
            price_expires_on: date(input.price_expires_on, "input.priceExpiresOn")?,
            is_standard: input.is_standard,
            lead_time_days: changed(input.lead_time_days),
            sort: input.sort,
            unit_cost: input.unit_cost.map(Into::into),
            vendor: changed(input.vendor),
            vendor_sku: changed(input.vendor_sku),
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => SelectionOptionSavePayload::done(load(ctx, OptionById(id)).await?.map(SelectionOption)),
            Err(refused) => SelectionOptionSavePayload::refused(refused),
        })
    }

    /// Deletes an option that is not chosen. Its files are detached, and remain.
    #[requires(SELECTIONS_MANAGE)]
    async fn selection_option_delete(
        &self,
        ctx: &Context<'_>,
        input: SelectionOptionDeleteInput,
    ) -> Result<SelectionOptionDeletePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::SELECTION_OPTION)?;
        Ok(match act(ctx, SelectionOptionDelete { id }).await? {
            Ok(id) => SelectionOptionDeletePayload::done(selection(ctx, id).await?),
            Err(refused) => SelectionOptionDeletePayload::refused(refused),
        })
    }

    /// Copies the selections of another project of the company, with options, prices and costs, as drafts without locations, dates,
    /// choices and files; and the allowances that they use, if the project has none of that name.
    #[requires(SELECTIONS_MANAGE)]
    async fn selections_copy(
        &self,
        ctx: &Context<'_>,
        input: SelectionsCopyInput,
    ) -> Result<SelectionsCopyPayload, ApiError> {
        let action = SelectionsCopy {
            from: ids::read_as(&input.from_project_id, "input.fromProjectId", Tag::PROJECT)?,
            to: ids::read_as(&input.to_project_id, "input.toProjectId", Tag::PROJECT)?,
            idempotency_key: input.idempotency_key,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => SelectionsCopyPayload::done(project(ctx, id).await?),
            Err(refused) => SelectionsCopyPayload::refused(refused),
        })
    }
}

fn moved(id: &ID, expected_version: i32, step: StaffTransition) -> Result<SelectionTransition, ApiError> {
    let id = ids::read_as(id, "input.id", Tag::SELECTION)?;
    Ok(SelectionTransition { id, expected_version, step })
}

/// Mutations of allowances.
#[derive(Default)]
pub(crate) struct AllowanceMutations;

/// Mutations of allowances.
#[gated]
#[Object]
impl AllowanceMutations {
    /// Adds an allowance to a project, or changes it. Rejected if it would change an overage that clients have approved.
    #[requires(SELECTIONS_MANAGE)]
    async fn allowance_save(
        &self,
        ctx: &Context<'_>,
        input: AllowanceSaveInput,
    ) -> Result<AllowanceSavePayload, ApiError> {
        let action = AllowanceSave {
            id: own(input.id, "input.id", Tag::ALLOWANCE)?,
            expected_version: input.expected_version,
            project: own(input.project_id, "input.projectId", Tag::PROJECT)?,
            name: input.name,
            granted: input.granted.map(Into::into),
            covers: input.covers.map(Into::into),
            terms: changed(input.terms),
            unused_policy: input.unused_policy.map(Into::into),
            fee_percent: input.fee_percent,
            tax_percent: input.tax_percent,
            sort: input.sort,
            cost_basis: changed(input.cost_basis).map(|it| it.map(Into::into)),
            buffer_percent: changed(input.buffer_percent),
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => AllowanceSavePayload::done(load(ctx, AllowanceById(id)).await?.map(Allowance)),
            Err(refused) => AllowanceSavePayload::refused(refused),
        })
    }

    /// Deletes an allowance that pays for no selection.
    #[requires(SELECTIONS_MANAGE)]
    async fn allowance_delete(
        &self,
        ctx: &Context<'_>,
        input: AllowanceDeleteInput,
    ) -> Result<AllowanceDeletePayload, ApiError> {
        let id = ids::read_as(&input.id, "input.id", Tag::ALLOWANCE)?;
        Ok(match act(ctx, AllowanceDelete { id }).await? {
            Ok(id) => AllowanceDeletePayload::done(project(ctx, id).await?),
            Err(refused) => AllowanceDeletePayload::refused(refused),
        })
    }
}
