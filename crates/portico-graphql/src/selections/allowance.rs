//! Allowances.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use portico_core::id::Tag;
use portico_core::selections::{
    AllowanceCovers as CoreCovers, AllowanceEntryKind as CoreEntryKind, UnusedAllowancePolicy as CorePolicy, overage,
    unused_credit,
};
use portico_graphql_macros::gated;
use portico_loader::selections::{
    AllowanceCostRow, AllowanceEntryRow, AllowanceRow, CostOfAllowance, EntriesOfAllowance, SelectionIn,
};

use super::Selection;
use super::selection::{in_project, known_in_project};
use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::money::Money;
use crate::scalars::{DateTime, Decimal};

/// What an allowance pays for. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreCovers")]
pub(crate) enum AllowanceCovers {
    /// Materials only; work is billed separately.
    #[shared(CLIENT, STAFF)]
    Material,
    /// Materials and labor.
    #[shared(CLIENT, STAFF)]
    MaterialAndLabor,
}

/// What happens with the unused part of an allowance. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CorePolicy")]
pub(crate) enum UnusedAllowancePolicy {
    /// It is credited.
    #[shared(CLIENT, STAFF)]
    Credit,
    /// It stays part of the contract.
    #[shared(CLIENT, STAFF)]
    Keep,
}

/// Kind of an entry in the ledger of an allowance. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreEntryKind")]
pub(crate) enum AllowanceEntryKind {
    /// Amount that was granted first.
    #[shared(CLIENT, STAFF)]
    Granted,
    /// Change of the granted amount.
    #[shared(CLIENT, STAFF)]
    GrantChanged,
    /// Price of an approved selection.
    #[shared(CLIENT, STAFF)]
    Approved,
    /// Reverses the price of a selection that was reopened: negative.
    #[shared(CLIENT, STAFF)]
    Reopened,
}

pub(crate) struct AllowanceEntry(Arc<AllowanceEntryRow>);

/// Entry in the ledger of an allowance. Entries are never changed.
#[gated]
#[Object]
impl AllowanceEntry {
    #[shared(CLIENT, STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::ALLOWANCE_ENTRY, self.0.id.0)
    }

    /// Kind.
    #[shared(CLIENT, STAFF)]
    async fn kind(&self) -> AllowanceEntryKind;

    /// Amount. That of an approval is positive, and uses the allowance; that of its reversal is negative.
    #[shared(CLIENT, STAFF)]
    async fn amount(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        in_project(ctx, self.0.project_id, self.0.amount_minor).await
    }

    /// Selection that was approved or reopened. Null for granted amounts.
    #[shared(CLIENT, STAFF)]
    async fn selection(&self, ctx: &Context<'_>) -> Result<Option<Selection>, ApiError> {
        let Some(id) = self.0.selection_id else { return Ok(None) };
        Ok(load(ctx, SelectionIn(self.0.project_id, id)).await?.map(Selection))
    }

    /// Time of the entry.
    #[shared(CLIENT, STAFF)]
    async fn created_at(&self) -> DateTime;
}

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

    /// Used amount: the prices of what is approved against it. A choice alone uses nothing.
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

    /// Added to the contract total: what is used above the granted amount, with the contract's fee and tax. 0 if nothing is.
    #[shared(CLIENT, STAFF)]
    async fn overage_total(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        let over = overage(&self.0.amounts(), self.0.used_minor);
        in_project(ctx, self.0.project_id, over.total_minor()).await
    }

    /// Credit for the unused amount, with tax, if nothing more is approved: negative, and 0 with `KEEP`.
    #[shared(CLIENT, STAFF)]
    async fn unused_credit(&self, ctx: &Context<'_>) -> Result<Money, ApiError> {
        in_project(ctx, self.0.project_id, unused_credit(&self.0.amounts(), self.0.used_minor)).await
    }

    /// What it pays for.
    #[shared(CLIENT, STAFF)]
    async fn covers(&self) -> AllowanceCovers;

    /// Whether it covers materials only; work is billed separately.
    #[shared(CLIENT, STAFF)]
    #[graphql(deprecation = "Use `covers`.")]
    async fn material_only(&self) -> bool {
        self.0.covers == CoreCovers::Material
    }

    /// Terms in words. Null if there are none.
    #[shared(CLIENT, STAFF)]
    async fn terms(&self) -> Option<&str>;

    /// What happens with an unused amount.
    #[shared(CLIENT, STAFF)]
    async fn unused_policy(&self) -> UnusedAllowancePolicy;

    /// The contract's fee on an overage, in percent: `15` is 15 %.
    #[shared(CLIENT, STAFF)]
    async fn fee_percent(&self) -> Decimal {
        Decimal::percent(self.0.fee_percent)
    }

    /// Tax on an overage with its fee, in percent: `8.25` is 8.25 %.
    #[shared(CLIENT, STAFF)]
    async fn tax_percent(&self) -> Decimal {
        Decimal::percent(self.0.tax_percent)
    }

    /// Ledger, oldest first: what was granted, and what was approved against it.
    #[shared(CLIENT, STAFF)]
    #[list_size(ALLOWANCE_ENTRIES)]
    async fn entries(&self, ctx: &Context<'_>) -> Result<Vec<Direct<AllowanceEntry>>, ApiError> {
        let rows = load(ctx, EntriesOfAllowance(self.0.project_id, self.0.id)).await?;
        Ok(rows.iter().map(|row| AllowanceEntry(Arc::clone(row)).into()).collect())
    }

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
