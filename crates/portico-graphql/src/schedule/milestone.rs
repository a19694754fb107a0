//! Milestones.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::schedule::{InternalsOfMilestone, MilestoneRow};

use super::enums::MilestoneStatus;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::Date;

pub(crate) struct Milestone(pub(crate) Arc<MilestoneRow>);

/// Milestone of a schedule. Its progress follows from its tasks.
#[gated]
#[Object]
impl Milestone {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::MILESTONE, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str;

    /// Progress.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn status(&self) -> MilestoneStatus;

    /// Percent complete, 0 to 100. Null for clients while the schedule is not shared.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn percent_complete(&self) -> Option<i32>;

    /// Anticipated finish. Null without tasks, and for clients while the schedule is not shared.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn anticipated_finish_on(&self) -> Option<Date>;

    /// Whether clients may view the milestone; its tasks have a flag of their own.
    #[shared(STAFF)]
    async fn client_viewable(&self) -> Option<bool>;

    /// Internal target date. Null if none is set.
    #[shared(STAFF)]
    async fn internal_target(&self, ctx: &Context<'_>) -> Result<Option<Date>, ApiError> {
        let internals = load(ctx, InternalsOfMilestone(self.0.project_id, self.0.id)).await?;
        Ok(internals.and_then(|row| row.internal_target_on).map(Into::into))
    }
}
