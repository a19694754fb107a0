//! Options: the things that can be chosen.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_core::money;
use portico_graphql_macros::gated;
use portico_loader::selections::{CostOfOption, OptionCostRow, OptionRow};
use rust_decimal::Decimal as Number;

use super::selection::known_in_project;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::money::Money;
use crate::scalars::Decimal;

/// One of the things that can be chosen.
pub(crate) struct SelectionOption(pub(crate) Arc<OptionRow>);

impl SelectionOption {
    async fn cost(&self, ctx: &Context<'_>) -> Result<Option<Arc<OptionCostRow>>, ApiError> {
        load(ctx, CostOfOption(self.0.project_id, self.0.id)).await
    }

    /// A rate of price and cost, where both are known.
    async fn rate(
        &self,
        ctx: &Context<'_>,
        rate: impl Fn(i64, i64) -> Option<Number>,
    ) -> Result<Option<Number>, ApiError> {
        let Some(price) = self.0.price_minor else { return Ok(None) };
        Ok(self.cost(ctx).await?.and_then(|cost| rate(price, cost.unit_cost_minor)))
    }
}

/// One of the things that can be chosen.
#[gated]
#[Object]
impl SelectionOption {
    /// Its id.
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::SELECTION_OPTION, self.0.id.0)
    }

    /// What it is.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn title(&self) -> &str {
        &self.0.title
    }

    /// More about it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn description(&self) -> Option<&str> {
        self.0.description.as_deref()
    }

    /// Whether it is the one that is included.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_standard(&self) -> bool {
        self.0.is_standard
    }

    /// How many days pass from order to delivery.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn lead_time_days(&self) -> Option<i32> {
        self.0.lead_time_days
    }

    /// Moves whenever something of the option itself has changed.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The price to the client. Null while it is to be determined.
    #[shared(CLIENT, STAFF)]
    async fn price(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        known_in_project(ctx, self.0.project_id, self.0.price_minor).await
    }

    /// Whether the price is still to be determined.
    #[shared(CLIENT, STAFF)]
    async fn is_tbd(&self) -> bool {
        self.0.price_minor.is_none()
    }

    /// What it adds to the price of the included standard. Null where an allowance pays for it, or no price is known.
    #[shared(CLIENT, STAFF)]
    async fn price_delta(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        known_in_project(ctx, self.0.project_id, self.0.price_delta_minor).await
    }

    /// What it costs the company.
    #[requires(COSTS_VIEW)]
    async fn unit_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let cost = self.cost(ctx).await?.map(|row| row.unit_cost_minor);
        known_in_project(ctx, self.0.project_id, cost).await
    }

    /// What the price adds to the cost, in percent of the cost: `25` is 25 percent.
    #[requires(MARGINS_VIEW)]
    async fn markup_percent(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        let rate = self.rate(ctx, money::markup).await?;
        Ok(rate.map(|rate| Decimal((rate * Number::ONE_HUNDRED).normalize())))
    }

    /// The share of the price that the company keeps: `0.2` is 20 percent.
    #[requires(MARGINS_VIEW)]
    async fn margin(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        Ok(self.rate(ctx, money::margin).await?.map(|rate| Decimal(rate.normalize())))
    }

    /// Who sells it.
    #[requires(COSTS_VIEW)]
    async fn vendor(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.cost(ctx).await?.and_then(|row| row.vendor.clone()))
    }

    /// The seller's number for it.
    #[requires(COSTS_VIEW)]
    async fn vendor_sku(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.cost(ctx).await?.and_then(|row| row.vendor_sku.clone()))
    }
}
