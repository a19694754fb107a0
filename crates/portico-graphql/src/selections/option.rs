//! Options of selections.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_core::money;
use portico_core::selections::ChosenPrice;
use portico_graphql_macros::gated;
use portico_loader::selections::{CostOfOption, OptionCostRow, OptionRow};
use rust_decimal::Decimal as Number;

use super::selection::known_in_project;
use crate::direct::Direct;
use crate::error::ApiError;
use crate::files::{FileAttachment, attachments_of};
use crate::ids;
use crate::load::load;
use crate::money::Money;
use crate::scalars::{Date, Decimal};

pub(crate) struct SelectionOption(pub(crate) Arc<OptionRow>);

impl SelectionOption {
    async fn cost(&self, ctx: &Context<'_>) -> Result<Option<Arc<OptionCostRow>>, ApiError> {
        load(ctx, CostOfOption(self.0.project_id, self.0.id)).await
    }

    /// A rate of price and cost, if both are known.
    async fn rate(
        &self,
        ctx: &Context<'_>,
        rate: impl Fn(i64, i64) -> Option<Number>,
    ) -> Result<Option<Number>, ApiError> {
        let Some(price) = self.0.price_minor else { return Ok(None) };
        Ok(self.cost(ctx).await?.and_then(|cost| rate(price, cost.unit_cost_minor)))
    }
}

/// Option of a selection.
#[gated]
#[Object]
impl SelectionOption {
    #[shared(CLIENT, TRADE, STAFF)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::SELECTION_OPTION, self.0.id.0)
    }

    /// Project ID.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn project_id(&self) -> ID {
        ids::global(Tag::PROJECT, self.0.project_id.0)
    }

    /// ID of the selection.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn selection_id(&self) -> ID {
        ids::global(Tag::SELECTION, self.0.selection_id.0)
    }

    /// Title.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn title(&self) -> &str;

    /// Description. Null if there is none.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn description(&self) -> Option<&str>;

    /// Whether this is the included standard.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn is_standard(&self) -> bool;

    /// Days from order to delivery. Null if not known.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn lead_time_days(&self) -> Option<i32>;

    #[shared(CLIENT, STAFF)]
    async fn version(&self) -> i32;

    /// Files of the option, such as its photos, in the order in which they were attached: those shared with you.
    #[shared(CLIENT, TRADE, STAFF)]
    #[list_size(ATTACHMENTS)]
    async fn attachments(&self, ctx: &Context<'_>) -> Result<Vec<Direct<FileAttachment>>, ApiError> {
        attachments_of(ctx, self.0.project_id, self.0.id.0).await
    }

    /// Price of one to the client. Null while it is to be determined.
    #[shared(CLIENT, STAFF)]
    async fn price(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        known_in_project(ctx, self.0.project_id, self.0.price_minor).await
    }

    /// Whether the price is to be determined.
    #[shared(CLIENT, STAFF)]
    async fn is_tbd(&self) -> bool {
        self.0.price_minor.is_none()
    }

    /// Difference from the price of the included standard. Null with an allowance, or while a price is to be determined.
    #[shared(CLIENT, STAFF)]
    async fn price_delta(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        known_in_project(ctx, self.0.project_id, self.0.price_delta_minor).await
    }

    /// Last day of the price, in the project's time zone. Null if it does not expire.
    #[shared(CLIENT, STAFF)]
    async fn price_expires_on(&self) -> Option<Date>;

    /// Whether the price has expired. Then it can neither be chosen nor approved.
    #[shared(CLIENT, STAFF)]
    async fn is_price_expired(&self) -> bool {
        self.0.is_price_expired.unwrap_or_default()
    }

    /// Cost to the company. Null if it is not known.
    #[requires(COSTS_VIEW)]
    async fn unit_cost(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let cost = self.cost(ctx).await?.map(|row| row.unit_cost_minor);
        known_in_project(ctx, self.0.project_id, cost).await
    }

    /// Markup in percent of the cost: `25` is 25 %. Null without a price or a cost.
    #[requires(MARGINS_VIEW)]
    async fn markup_percent(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        let rate = self.rate(ctx, money::markup).await?;
        Ok(rate.map(Decimal::percent))
    }

    /// Margin in percent of the price: `20` is 20 %. Null without a price or a cost.
    #[requires(MARGINS_VIEW)]
    async fn margin(&self, ctx: &Context<'_>) -> Result<Option<Decimal>, ApiError> {
        Ok(self.rate(ctx, money::margin).await?.map(Decimal::percent))
    }

    /// Vendor. Null if not known.
    #[requires(COSTS_VIEW)]
    async fn vendor(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.cost(ctx).await?.and_then(|row| row.vendor.clone()))
    }

    /// The vendor's article number. Null if not known.
    #[requires(COSTS_VIEW)]
    async fn vendor_sku(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.cost(ctx).await?.and_then(|row| row.vendor_sku.clone()))
    }
}

/// A chosen option with its quantity.
pub(crate) struct SelectionChoice {
    pub(super) option: Arc<OptionRow>,
    pub(super) quantity: i32,
}

/// Chosen option of a selection.
#[gated]
#[Object]
impl SelectionChoice {
    /// Option.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn option(&self) -> Direct<SelectionOption> {
        SelectionOption(Arc::clone(&self.option)).into()
    }

    /// How many.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn quantity(&self) -> i32 {
        self.quantity
    }

    /// Price of one times the quantity. Null while it is to be determined.
    #[shared(CLIENT, STAFF)]
    async fn price(&self, ctx: &Context<'_>) -> Result<Option<Money>, ApiError> {
        let chosen = ChosenPrice { unit_minor: self.option.price_minor, quantity: self.quantity };
        known_in_project(ctx, self.option.project_id, chosen.total_minor()).await
    }
}
