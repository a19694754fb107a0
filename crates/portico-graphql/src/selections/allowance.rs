//! Allowances: money set aside for choices.

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

/// Money set aside for choices.
pub(crate) struct Allowance(pub(crate) Arc<AllowanceRow>);

impl Allowance {
    async fn cost(&self, ctx: &Context<'_>) -> Result<Option<Arc<AllowanceCostRow>>, ApiError> {
        load(ctx, CostOfAllowance(self.0.project_id, self.0.id)).await
    }
}

/// Money set aside for choices.
#[gated]
#[Object]
impl Allowance {
    /// Its id.
    #[shared(CLIENT, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::ALLOWANCE, self.0.id.0)
    }

    /// What it is for.
    #[shared(CLIENT, STAFF)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// How much there is.
    #[shared(CLIENT, STAFF)]
    async fn granted(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        in_project(ctx, self.0.project_id, self.0.granted_minor).await
    }

    /// The prices of what has been chosen against it.
    #[shared(CLIENT, STAFF)]
    async fn used(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        in_project(ctx, self.0.project_id, self.0.used_minor).await
    }

    /// What is left; negative where more was chosen than there is.
    #[shared(CLIENT, STAFF)]
    async fn remaining(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let remaining = self.0.granted_minor.saturating_sub(self.0.used_minor);
        in_project(ctx, self.0.project_id, remaining).await
    }

    /// Whether it is for material only, and the work is paid for apart.
    #[shared(CLIENT, STAFF)]
    async fn material_only(&self) -> bool {
        self.0.material_only
    }

    /// Moves whenever something of the allowance itself has changed.
    #[shared(CLIENT, STAFF)]
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The cost that the company reckons with.
    #[requires(COSTS_VIEW)]
    async fn cost_basis(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let basis = self.cost(ctx).await?.and_then(|row| row.cost_basis_minor);
        known_in_project(ctx, self.0.project_id, basis).await
    }

    /// What the company holds back, in percent of its cost.
    #[requires(COSTS_VIEW)]
    async fn buffer_percent(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        Ok(self
            .cost(ctx)
            .await?
            .and_then(|row| row.buffer_percent)
            .map(|rate| Decimal((rate * rust_decimal::Decimal::ONE_HUNDRED).normalize())))
    }
}
