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

/// A stage of the work. How far it is follows from its tasks.
pub(crate) struct Milestone(pub(crate) Arc<MilestoneRow>);

/// A stage of the work. How far it is follows from its tasks.
#[gated]
#[Object]
impl Milestone {
    /// Its id.
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::MILESTONE, self.0.id.0)
    }

    /// Its name.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How far it is.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn status(&self) -> MilestoneStatus {
        self.0.status.into()
    }

    /// How much of the work is done, in whole percent; 100 means all of it. Null where the schedule is not shared.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn percent_complete(&self) -> Option<i32> {
        self.0.percent_complete
    }

    /// When it should be complete. Null where the schedule is not shared.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn anticipated_finish_on(&self) -> Option<Date> {
        self.0.anticipated_finish_on.map(Into::into)
    }

    /// When the team wants it done.
    #[shared(STAFF)]
    async fn internal_target(&self, ctx: &Context<'_>) -> Result<Option<Date>, ApiError> {
        let internals = load(ctx, InternalsOfMilestone(self.0.project_id, self.0.id)).await?;
        Ok(internals.and_then(|row| row.internal_target_on).map(Into::into))
    }
}
