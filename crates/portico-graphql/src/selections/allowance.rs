//! Allowances.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::selections::{AllowanceCostRow, AllowanceRow, CostOfAllowance};

use super::selection::{in_project, known_in_project};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::money::Money;
use crate::scalars::Decimal;

pub(crate) struct Allowance(pub(crate) Arc<AllowanceRow>);

impl Allowance {
    async fn cost(&self, ctx: &Context<'_>) -> Result<Option<Arc<AllowanceCostRow>>, ApiError> {
        load(ctx, CostOfAllowance(self.0.project_id, self.0.id)).await
    }
}

/// Allowance: money set aside for selections.
#[gated]
#[Object]
impl Allowance {
    #[shared(CLIENT, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::ALLOWANCE, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// Name.
    #[shared(CLIENT, STAFF)]
    async fn name(&self) -> &str;

    /// Granted amount.
    #[shared(CLIENT, STAFF)]
    async fn granted(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        in_project(ctx, self.0.project_id, self.0.granted_minor).await
    }

    /// Used amount: the prices of the options chosen against it.
    #[shared(CLIENT, STAFF)]
    async fn used(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        in_project(ctx, self.0.project_id, self.0.used_minor).await
    }

    /// Remaining amount; negative if more is used than granted.
    #[shared(CLIENT, STAFF)]
    async fn remaining(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let remaining = self.0.granted_minor.saturating_sub(self.0.used_minor);
        in_project(ctx, self.0.project_id, remaining).await
    }

    /// Whether it covers materials only; work is not covered.
    #[shared(CLIENT, STAFF)]
    async fn material_only(&self) -> bool;

    #[shared(CLIENT, STAFF)]
    async fn version(&self) -> i32;

    /// Expected cost to the company. Null if it is not known.
    #[requires(COSTS_VIEW)]
    async fn cost_basis(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let basis = self.cost(ctx).await?.and_then(|row| row.cost_basis_minor);
        known_in_project(ctx, self.0.project_id, basis).await
    }

    /// Buffer in percent of the cost: `6` is 6 %. Null if none is set.
    #[requires(COSTS_VIEW)]
    async fn buffer_percent(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        Ok(self.cost(ctx).await?.and_then(|row| row.buffer_percent).map(Decimal::percent))
    }
}
