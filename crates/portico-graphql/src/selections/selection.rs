//! Selections.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use futures_util::future::try_join_all;
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;
use portico_loader::projects::{LocationIn, ProjectById, ProjectRow};
use portico_loader::schedule::TaskIn;
use portico_loader::selections::{
    AllowanceIn, ChoicesOfSelection, InternalsOfSelection, OptionIn, OptionsOfSelection, SelectionInternalsRow,
    SelectionRow, TradeInfoOfSelection, TradesOfSelection,
};

use super::approval::{ApprovalDocument, approval_document};
use super::{Allowance, SelectionChoice, SelectionOption, SelectionStatus};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::files::{FileAttachment, attachments_of};
use crate::ids;
use crate::load::load;
use crate::memberships::{ProjectTrade, project_trades};
use crate::messages::{Thread, ThreadAudience, threads_about};
use crate::money::Money;
use crate::projects::Location;
use crate::scalars::{Date, DateTime};
use crate::schedule::Task;

pub(crate) struct Selection(pub(crate) Arc<SelectionRow>);

impl Selection {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<SelectionInternalsRow>>, ApiError> {
        load(ctx, InternalsOfSelection(self.0.project_id, self.0.id)).await
    }
}

/// The project of a record.
pub(super) async fn project_of(ctx: &Context<'_>, project: ProjectId) -> Result<Arc<ProjectRow>, ApiError> {
    let project = load(ctx, ProjectById(project)).await?;
    project.ok_or_else(|| ApiError::Internal("a record without its project".to_owned()))
}

/// An amount in the project's currency.
pub(super) async fn in_project(ctx: &Context<'_>, project: ProjectId, minor_units: i64) -> Result<Money, ApiError> {
    Ok(Money::new(minor_units, project_of(ctx, project).await?.currency))
}

/// An optional amount in the project's currency.
pub(super) async fn known_in_project(
    ctx: &Context<'_>,
    project: ProjectId,
    minor_units: Option<i64>,
) -> Result<Option<Money>, ApiError> {
    match minor_units {
        Some(minor_units) => in_project(ctx, project, minor_units).await.map(Some),
        None => Ok(None),
    }
}

/// Item for which the client chooses one of several options.
#[gated]
#[Object]
impl Selection {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::SELECTION, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Number within the project. Null while it has none.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn number(&self) -> Option<i32>;

    /// Title.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn title(&self) -> &str;

    /// Instructions for the client. Null if there are none.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn instructions(&self) -> Option<&str>;

    /// Status.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn status(&self) -> SelectionStatus;

    /// Due date, in the project's time zone. Null if there is none.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn due_on(&self) -> Option<Date>;

    /// Whether the due date has passed without a choice. Set at midnight in the project's time zone.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_overdue(&self) -> bool;

    /// Task on which the due date depends. Null if there is none, or if you do not see it.
    #[shared(CLIENT, STAFF)]
    async fn due_task(&self, ctx: &Context<'_>) -> Result<Option<Task>, ApiError> {
        let Some(id) = self.0.due_task_id else { return Ok(None) };
        Ok(load(ctx, TaskIn(self.0.project_id, id)).await?.map(Task))
    }

    /// Days from the due date to the start of `dueTask`. Null if it depends on no task.
    #[shared(STAFF)]
    async fn due_days_before(&self) -> Option<i32>;

    /// Category. Null if there is none.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn category(&self) -> Option<&str>;

    /// Minimum number of options to choose.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn min_choices(&self) -> i32;

    /// Maximum number of options to choose.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn max_choices(&self) -> i32;

    /// Whether it can be declined (`selectionDecline`).
    #[shared(CLIENT, TRADE, STAFF)]
    async fn may_decline(&self) -> bool;

    #[shared(CLIENT, STAFF)]
    async fn version(&self) -> i32;

    /// Room or other location. Null if none is set.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn location(&self, ctx: &Context<'_>) -> Result<Option<Location>, ApiError> {
        let Some(id) = self.0.location_id else { return Ok(None) };
        Ok(load(ctx, LocationIn(self.0.project_id, id)).await?.map(Location))
    }

    /// Allowance that pays for the choice. Null if there is none.
    #[shared(CLIENT, STAFF)]
    async fn allowance(&self, ctx: &Context<'_>) -> Result<Option<Allowance>, ApiError> {
        let Some(id) = self.0.allowance_id else { return Ok(None) };
        Ok(load(ctx, AllowanceIn(self.0.project_id, id)).await?.map(Allowance))
    }

    /// Options, in the company's order.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(OPTIONS)]
    async fn options(&self, ctx: &Context<'_>) -> Result<Vec<Direct<SelectionOption>>, ApiError> {
        let rows = load(ctx, OptionsOfSelection(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| SelectionOption(Arc::clone(row)).into()).collect())
    }

    /// Chosen options with their quantities, in the company's order.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(CHOICES_OF_SELECTION)]
    async fn choices(&self, ctx: &Context<'_>) -> Result<Vec<Direct<SelectionChoice>>, ApiError> {
        let rows = load(ctx, ChoicesOfSelection(self.0.project_id, self.0.id)).await?;
        let options = rows.iter().map(|row| load(ctx, OptionIn(row.project_id, row.option_id)));
        let options = try_join_all(options).await?;
        let choice = |(option, quantity): (Option<_>, i32)| Some(SelectionChoice { option: option?, quantity }.into());
        Ok(options.into_iter().zip(rows.iter().map(|row| row.quantity)).filter_map(choice).collect())
    }

    /// Chosen option. Null until one is chosen, and if several are.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn chosen_option(&self, ctx: &Context<'_>) -> Result<Option<SelectionOption>, ApiError> {
        let Some(id) = self.0.chosen_option_id else { return Ok(None) };
        Ok(load(ctx, OptionIn(self.0.project_id, id)).await?.map(SelectionOption))
    }

    /// Document that a client signs with `selectionApprove`. Null unless the selection is `CHOSEN` and its options have
    /// prices, and in archived projects.
    #[shared(CLIENT, STAFF)]
    async fn approval_document(&self, ctx: &Context<'_>) -> Result<Option<ApprovalDocument>, ApiError> {
        approval_document(ctx, &self.0).await
    }

    /// Time of the choice. Null until then.
    #[shared(CLIENT, STAFF)]
    async fn chosen_at(&self) -> Option<DateTime>;

    /// Name of the client who chose. Null until then.
    #[shared(CLIENT, STAFF)]
    async fn chosen_by(&self) -> Option<&str> {
        self.0.chosen_by_name.as_deref()
    }

    /// Time of the approval. Null until then.
    #[shared(CLIENT, STAFF)]
    async fn approved_at(&self) -> Option<DateTime>;

    /// Time of the order. Null until then.
    #[shared(CLIENT, STAFF)]
    async fn ordered_at(&self) -> Option<DateTime>;

    /// Why a client declined it. Null if none did, or gave no reason.
    #[shared(CLIENT, STAFF)]
    async fn decline_reason(&self) -> Option<&str>;

    /// Time when the choice was locked. Null until then.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn locked_at(&self) -> Option<DateTime>;

    /// Information for trade partners. Null if there is none.
    #[shared(TRADE, STAFF)]
    async fn trade_info(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        let info = load(ctx, TradeInfoOfSelection(self.0.project_id, self.0.id)).await?;
        Ok(info.map(|row| row.trade_info.clone()))
    }

    /// Trade partners who see the selection. They see it while it is shared and they have web access to the project.
    #[shared(STAFF)]
    #[list_size(TRADES)]
    async fn shared_with_trades(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ProjectTrade>>, ApiError> {
        let rows = load(ctx, TradesOfSelection(self.0.project_id, self.0.id)).await?;
        project_trades(ctx, rows.iter().map(|row| row.project_membership_id)).await
    }

    /// Original budget. Null until it is set.
    #[requires(COSTS_VIEW)]
    async fn original_budget(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let budget = self.internals(ctx).await?.and_then(|row| row.original_budget_minor);
        known_in_project(ctx, self.0.project_id, budget).await
    }

    /// Current budget. Null until it is set.
    #[requires(COSTS_VIEW)]
    async fn revised_budget(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let budget = self.internals(ctx).await?.and_then(|row| row.revised_budget_minor);
        known_in_project(ctx, self.0.project_id, budget).await
    }

    /// Files of the selection, in the order in which they were attached: those shared with you.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(ATTACHMENTS)]
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Direct<FileAttachment>>, ApiError> {
        attachments_of(ctx, self.0.project_id, self.0.id.0).await
    }

    /// Comments on the selection: a thread for each audience, oldest first.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(THREADS)]
    async fn threads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Audience of the threads. Omit for all threads that you have access to.")] audience: Option<
            ThreadAudience,
        >,
    ) -> Result<Vec<Direct<Thread>>, ApiError> {
        threads_about(ctx, self.0.project_id, self.0.id.0, audience).await
    }
}
