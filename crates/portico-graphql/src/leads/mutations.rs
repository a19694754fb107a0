//! Mutations of leads.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::leads::LeadStateSet;
use portico_core::id::{LeadId, Tag};
use portico_graphql_macros::gated;
use portico_loader::leads::LeadById;

use super::lead::LeadCreateInput;
use super::{Lead, LeadState};
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;

payload! {
    /// Result of `leadCreate`.
    LeadCreatePayload for (STAFF) {
        /// The lead, with `STAFF` as its source.
        lead: Lead,
    }
}

/// Input of `leadStateSet`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LeadStateSetInput {
    /// The lead.
    id: ID,
    /// New state; `CONVERTED` is rejected.
    state: LeadState,
}

payload! {
    /// Result of `leadStateSet`.
    LeadStateSetPayload for (STAFF) {
        /// The updated lead.
        lead: Lead,
    }
}

/// Parses the global id of a lead. An id of another type answers like an unknown one.
pub(super) fn lead_id(id: &ID) -> Result<LeadId, ApiError> {
    Ok(ids::read(id, "input.id")?.of_kind(Tag::LEAD).unwrap_or_default().into())
}

/// A lead's current row.
pub(super) async fn lead(ctx: &Context<'_>, id: LeadId) -> Result<Option<Lead>, ApiError> {
    Ok(load(ctx, LeadById(id)).await?.map(Lead))
}

#[derive(Default)]
pub(crate) struct LeadMutations;

/// Mutations of leads.
#[gated]
#[Object]
impl LeadMutations {
    /// Adds a lead: a person who called, wrote or walked in.
    #[requires(LEADS_MANAGE)]
    async fn lead_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `leadCreate`.")] input: LeadCreateInput,
    ) -> Result<LeadCreatePayload, ApiError> {
        Ok(match act(ctx, input.action()?).await? {
            Ok(id) => LeadCreatePayload::done(lead(ctx, id).await?),
            Err(refused) => LeadCreatePayload::refused(refused),
        })
    }

    /// Changes the state of a lead.
    #[requires(LEADS_MANAGE)]
    async fn lead_state_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `leadStateSet`.")] input: LeadStateSetInput,
    ) -> Result<LeadStateSetPayload, ApiError> {
        let id = lead_id(&input.id)?;
        Ok(match act(ctx, LeadStateSet { lead: id, state: input.state.into() }).await? {
            Ok(()) => LeadStateSetPayload::done(lead(ctx, id).await?),
            Err(refused) => LeadStateSetPayload::refused(refused),
        })
    }
}
