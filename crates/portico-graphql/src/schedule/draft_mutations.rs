//! Write operations on drafts of schedules as a whole.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use portico_actions::schedule::{
    DraftBasis, PublishedSchedule, ScheduleDraftCreate, ScheduleDraftDiscard, ScheduleDraftUpdate, SchedulePublish,
    ScheduleShift,
};
use portico_core::id::{ProjectId, ScheduleVersionId, Tag};
use portico_core::schedule::{Outsider, SeenChange};
use portico_graphql_macros::gated;
use portico_loader::projects::ProjectById;
use portico_loader::schedule::{PublishedVersion, VersionById};

use super::change::ScheduleChanges;
use super::{Schedule, ScheduleVersion};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::memberships::{ProjectTrade, project_trade};
use crate::projects::Project;
use crate::scalars::Date;

/// What a draft begins with.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ScheduleDraftBasis {
    /// The published schedule; nothing if there is none.
    #[requires(SCHEDULE_EDIT)]
    Published,
    /// An empty plan.
    #[requires(SCHEDULE_EDIT)]
    Empty,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ScheduleDraftCreateInput {
    /// ID of the project.
    #[requires(SCHEDULE_EDIT)]
    project_id: ID,
    /// What the draft begins with. Omit for the published schedule, and with `templateId`.
    #[requires(SCHEDULE_EDIT)]
    basis: Option<ScheduleDraftBasis>,
    /// ID of a template with which the draft begins.
    #[requires(SCHEDULE_EDIT)]
    template_id: Option<ID>,
    /// First day of tasks with neither predecessors nor a fixed start. Omit to keep that of the published schedule with `PUBLISHED`,
    /// otherwise for the start of the project, or today. Fixed starts of a template move by as many days.
    #[requires(SCHEDULE_EDIT)]
    start_on: Option<Date>,
}

/// Input of `scheduleDraftUpdate`. Values that are omitted stay as they are.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ScheduleDraftUpdateInput {
    /// ID of the draft.
    #[requires(SCHEDULE_EDIT)]
    version_id: ID,
    /// `version` of the draft that you read. Omit to save without checking for changes by others.
    #[requires(SCHEDULE_EDIT)]
    expected_version: Option<i32>,
    /// First day of tasks without predecessors and fixed start.
    #[requires(SCHEDULE_EDIT)]
    start_on: Option<Date>,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ScheduleDraftDiscardInput {
    /// ID of the draft.
    #[requires(SCHEDULE_EDIT)]
    version_id: ID,
    /// `version` of the draft that you read. Omit to discard it without checking for changes by others.
    #[requires(SCHEDULE_EDIT)]
    expected_version: Option<i32>,
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct SchedulePublishInput {
    /// ID of the draft.
    #[requires(SCHEDULE_PUBLISH)]
    version_id: ID,
    /// `version` of the draft that you read.
    #[requires(SCHEDULE_PUBLISH)]
    expected_version: i32,
    /// Internal notes on the publication. Omit to keep those of the draft.
    #[requires(SCHEDULE_PUBLISH)]
    publish_notes: Option<String>,
    /// Whether to return the changes that clients and trade partners would see, without publishing.
    #[requires(SCHEDULE_PUBLISH)]
    #[graphql(default = false)]
    dry_run: bool,
}

/// Input of `scheduleShift`, with either `days` or `startOn`.
#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ScheduleShiftInput {
    /// ID of the draft.
    #[requires(SCHEDULE_EDIT)]
    version_id: ID,
    /// `version` of the draft that you read.
    #[requires(SCHEDULE_EDIT)]
    expected_version: i32,
    /// ID of the task.
    #[requires(SCHEDULE_EDIT)]
    task_id: ID,
    /// Working days by which the task starts later, -1000 to 1000; earlier if negative.
    #[requires(SCHEDULE_EDIT)]
    days: Option<i32>,
    /// New first day of the task.
    #[requires(SCHEDULE_EDIT)]
    start_on: Option<Date>,
    /// Whether to return what would move, without moving it.
    #[requires(SCHEDULE_EDIT)]
    #[graphql(default = false)]
    dry_run: bool,
}

payload! {
    ScheduleDraftCreatePayload for (STAFF) {
        /// The draft. Null on rejection, and without `PROJECTS_READ`.
        schedule_version: ScheduleVersion,
    }
}

payload! {
    ScheduleDraftUpdatePayload for (STAFF) {
        /// The draft. Null on rejection, and without `PROJECTS_READ`.
        schedule_version: ScheduleVersion,
    }
}

payload! {
    ScheduleDraftDiscardPayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

payload! {
    ScheduleShiftPayload for (STAFF) {
        /// The draft. Null on rejection, and without `PROJECTS_READ`.
        schedule_version: ScheduleVersion,
        /// Tasks whose dates change. Null on rejection.
        moved: ScheduleChanges,
    }
}

payload! {
    SchedulePublishPayload for (STAFF) {
        /// The published schedule; with `dryRun` the current one. Null on rejection, without a published schedule, and without
        /// `PROJECTS_READ`.
        schedule: Schedule,
        /// Changes that clients and trade partners see. Null on rejection.
        publication: Publication,
    }
}

/// Changes that clients and trade partners see when a schedule is published.
pub(crate) struct Publication(PublishedSchedule);

impl Publication {
    fn changes(&self, of: impl Fn(Outsider) -> bool) -> Option<&[SeenChange]> {
        self.0.changes.iter().find(|(outsider, _)| of(*outsider)).map(|(_, changes)| changes.as_slice())
    }
}

/// Changes that clients and trade partners see when a schedule is published.
#[gated]
#[Object]
impl Publication {
    /// Changes that clients see. Empty while the portal has no schedule.
    #[requires(SCHEDULE_PUBLISH)]
    async fn client_changes(&self) -> ScheduleChanges {
        let changes = self.changes(|outsider| matches!(outsider, Outsider::Clients(_)));
        ScheduleChanges::of_seen(changes.unwrap_or_default())
    }

    /// Trade partners with web access who see changes.
    #[requires(SCHEDULE_PUBLISH)]
    #[list_size(TRADES)]
    async fn affected_trades(&self, ctx: &Context<'_>) -> Result<Vec<ProjectTrade>, ApiError> {
        let affected = self.0.changes.iter().filter(|(_, changes)| !changes.is_empty());
        let trades = affected.filter_map(|(outsider, _)| match outsider {
            Outsider::Trade(trade) => Some(project_trade(ctx, *trade)),
            Outsider::Clients(_) => None,
        });
        let trades = futures_util::future::try_join_all(trades).await?;
        Ok(trades.into_iter().flatten().collect())
    }

    /// Changes that a trade partner sees. Null for one without web access to the project, who sees none.
    #[requires(SCHEDULE_PUBLISH)]
    async fn trade_changes(
        &self,
        #[graphql(desc = "ID of the project's trade partner.")] project_trade_id: ID,
    ) -> Result<Option<ScheduleChanges>, ApiError> {
        let trade = ids::read_as(&project_trade_id, "projectTradeId", Tag::PROJECT_MEMBERSHIP)?;
        Ok(self.changes(|outsider| outsider == Outsider::Trade(trade)).map(ScheduleChanges::of_seen))
    }
}

/// A date that is in the calendar.
pub(super) fn date(date: Option<Date>, argument: &str) -> Result<Option<chrono::NaiveDate>, ApiError> {
    date.map(|date| date.checked(argument)).transpose()
}

pub(super) async fn version(ctx: &Context<'_>, id: ScheduleVersionId) -> Result<Option<ScheduleVersion>, ApiError> {
    Ok(load(ctx, VersionById(id)).await?.map(ScheduleVersion))
}

async fn project(ctx: &Context<'_>, id: ProjectId) -> Result<Option<Project>, ApiError> {
    Ok(load(ctx, ProjectById(id)).await?.map(Project))
}

#[derive(Default)]
pub(crate) struct ScheduleDraftMutations;

/// Write operations on drafts of schedules as a whole.
#[gated]
#[Object]
impl ScheduleDraftMutations {
    /// Creates the draft of a project's schedule. A project has at most one; clients and trade partners do not see it.
    #[requires(SCHEDULE_EDIT)]
    async fn schedule_draft_create(
        &self,
        ctx: &Context<'_>,
        input: ScheduleDraftCreateInput,
    ) -> Result<ScheduleDraftCreatePayload, ApiError> {
        let basis = match (input.basis, &input.template_id) {
            (None, Some(id)) => DraftBasis::Template(ids::read_as(id, "input.templateId", Tag::SCHEDULE_TEMPLATE)?),
            (Some(_), Some(_)) => {
                return Err(ApiError::bad_input("input.basis", "must be omitted with `templateId`".to_owned()));
            }
            (None | Some(ScheduleDraftBasis::Published), None) => DraftBasis::Published,
            (Some(ScheduleDraftBasis::Empty), None) => DraftBasis::Empty,
        };
        let action = ScheduleDraftCreate {
            project: ids::read_as(&input.project_id, "input.projectId", Tag::PROJECT)?,
            basis,
            start_on: date(input.start_on, "input.startOn")?,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => ScheduleDraftCreatePayload::done(version(ctx, id).await?),
            Err(refused) => ScheduleDraftCreatePayload::refused(refused),
        })
    }

    /// Changes the start of a draft, and computes the dates of all its tasks. Fixed dates stay.
    #[requires(SCHEDULE_EDIT)]
    async fn schedule_draft_update(
        &self,
        ctx: &Context<'_>,
        input: ScheduleDraftUpdateInput,
    ) -> Result<ScheduleDraftUpdatePayload, ApiError> {
        let action = ScheduleDraftUpdate {
            version: ids::read_as(&input.version_id, "input.versionId", Tag::SCHEDULE_VERSION)?,
            expected_version: input.expected_version,
            start_on: date(input.start_on, "input.startOn")?,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => ScheduleDraftUpdatePayload::done(version(ctx, id).await?),
            Err(refused) => ScheduleDraftUpdatePayload::refused(refused),
        })
    }

    /// Discards a draft with all that is planned in it.
    #[requires(SCHEDULE_EDIT)]
    async fn schedule_draft_discard(
        &self,
        ctx: &Context<'_>,
        input: ScheduleDraftDiscardInput,
    ) -> Result<ScheduleDraftDiscardPayload, ApiError> {
        let action = ScheduleDraftDiscard {
            version: ids::read_as(&input.version_id, "input.versionId", Tag::SCHEDULE_VERSION)?,
            expected_version: input.expected_version,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => ScheduleDraftDiscardPayload::done(project(ctx, id).await?),
            Err(refused) => ScheduleDraftDiscardPayload::refused(refused),
        })
    }

    /// Moves a task of a draft, and its successors without a fixed start. Its new start is fixed. Successors whose fixed start is then
    /// too early are returned too.
    #[requires(SCHEDULE_EDIT)]
    async fn schedule_shift(
        &self,
        ctx: &Context<'_>,
        input: ScheduleShiftInput,
    ) -> Result<ScheduleShiftPayload, ApiError> {
        let action = ScheduleShift {
            version: ids::read_as(&input.version_id, "input.versionId", Tag::SCHEDULE_VERSION)?,
            expected_version: input.expected_version,
            task: ids::read_as(&input.task_id, "input.taskId", Tag::TASK)?,
            days: input.days,
            start_on: date(input.start_on, "input.startOn")?,
            is_dry_run: input.dry_run,
        };
        Ok(match act(ctx, action).await? {
            Ok(shifted) => {
                let moved = ScheduleChanges::of_moved(&shifted.moved);
                ScheduleShiftPayload::done(version(ctx, shifted.version).await?, moved)
            }
            Err(refused) => ScheduleShiftPayload::refused(refused),
        })
    }

    /// Publishes a draft: clients and trade partners see it at once, and the version before is superseded. Progress of tasks that
    /// stay is kept. Requires `SCHEDULE_EDIT` as well.
    #[requires(SCHEDULE_PUBLISH)]
    async fn schedule_publish(
        &self,
        ctx: &Context<'_>,
        input: SchedulePublishInput,
    ) -> Result<SchedulePublishPayload, ApiError> {
        let action = SchedulePublish {
            version: ids::read_as(&input.version_id, "input.versionId", Tag::SCHEDULE_VERSION)?,
            expected_version: input.expected_version,
            notes: input.publish_notes,
            is_dry_run: input.dry_run,
        };
        Ok(match act(ctx, action).await? {
            Ok(published) => {
                let schedule = load(ctx, PublishedVersion(published.project)).await?.map(Schedule);
                SchedulePublishPayload::done(schedule, Publication(published))
            }
            Err(refused) => SchedulePublishPayload::refused(refused),
        })
    }
}
