//! What staff do with leads.

use async_graphql::{Context, ID, Object};
use portico_actions::leads::LeadStateSet;
use portico_core::id::{LeadId, Tag};
use portico_graphql_macros::gated;
use portico_loader::leads::LeadById;

use super::{Lead, LeadState};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

payload! {
    /// What came of saying where a lead stands.
    LeadStateSetPayload for (STAFF) {
        /// The lead, as it is now.
        lead: Lead,
    }
}

/// The lead that an id names; what is of another kind names nothing.
pub(super) fn lead_id(id: &ID) -> Result<LeadId, ApiError> {
    Ok(ids::read(id, "id")?.of_kind(Tag::LEAD).unwrap_or_default().into())
}

/// A lead, as it is now.
pub(super) async fn lead(ctx: &Context<'_>, id: LeadId) -> Result<Option<Lead>, ApiError> {
    Ok(load(ctx, LeadById(id)).await?.map(Lead))
}

/// What staff do with leads.
#[derive(Default)]
pub(crate) struct LeadMutations;

/// What staff do with leads.
#[gated]
#[Object]
impl LeadMutations {
    /// Says where a lead stands. That it is converted cannot be said: convert it.
    #[requires(LEADS_MANAGE)]
    async fn lead_state_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead's id.")] id: ID,
        #[graphql(desc = "Where it stands now.")] state: LeadState,
    ) -> Result<LeadStateSetPayload, ApiError> {
        let id = lead_id(&id)?;
        Ok(match act(ctx, LeadStateSet { lead: id, state: state.into() }).await? {
            Ok(()) => LeadStateSetPayload::done(lead(ctx, id).await?),
            Err(refused) => LeadStateSetPayload::refused(refused),
        })
    }
}
