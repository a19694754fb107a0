//! Selections, their options and allowances.

mod list;
mod rows;

use diesel::prelude::*;
use portico_core::id::{AllowanceId, ProjectId, SelectionId, SelectionOptionId};

pub use list::{count_selections_of_projects, selections_of_projects};
pub use rows::{
    AllowanceCostRow, AllowanceRow, OptionCostRow, OptionRow, SelectionInternalsRow, SelectionRow, TradeInfoRow,
};

use crate::schema::{
    allowance_costs, allowances, selection_internals, selection_option_costs, selection_options, selection_trade_infos,
    selections,
};
use crate::{SeenBy, StoreError};

/// Selections by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn selections_by_id(seen: &SeenBy, ids: Vec<SelectionId>) -> Result<Vec<SelectionRow>, StoreError> {
    seen.load(selections::table.filter(selections::id.eq_any(ids)).select(SelectionRow::as_select())).await
}

/// What staff alone know of selections.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn internals_of_selections(
    seen: &SeenBy,
    ids: Vec<SelectionId>,
) -> Result<Vec<SelectionInternalsRow>, StoreError> {
    seen.load(
        selection_internals::table
            .filter(selection_internals::selection_id.eq_any(ids))
            .select(SelectionInternalsRow::as_select()),
    )
    .await
}

/// What the trades concerned are told about selections.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn trade_infos_of_selections(seen: &SeenBy, ids: Vec<SelectionId>) -> Result<Vec<TradeInfoRow>, StoreError> {
    seen.load(
        selection_trade_infos::table
            .filter(selection_trade_infos::selection_id.eq_any(ids))
            .select(TradeInfoRow::as_select()),
    )
    .await
}

/// Options by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn options_by_id(seen: &SeenBy, ids: Vec<SelectionOptionId>) -> Result<Vec<OptionRow>, StoreError> {
    seen.load(selection_options::table.filter(selection_options::id.eq_any(ids)).select(OptionRow::as_select())).await
}

/// The options of selections, in their order.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn options_of_selections(seen: &SeenBy, ids: Vec<SelectionId>) -> Result<Vec<OptionRow>, StoreError> {
    seen.load(
        selection_options::table
            .filter(selection_options::selection_id.eq_any(ids))
            .order((selection_options::sort, selection_options::id))
            .select(OptionRow::as_select()),
    )
    .await
}

/// What options cost.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn costs_of_options(seen: &SeenBy, ids: Vec<SelectionOptionId>) -> Result<Vec<OptionCostRow>, StoreError> {
    seen.load(
        selection_option_costs::table
            .filter(selection_option_costs::option_id.eq_any(ids))
            .select(OptionCostRow::as_select()),
    )
    .await
}

/// Allowances by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn allowances_by_id(seen: &SeenBy, ids: Vec<AllowanceId>) -> Result<Vec<AllowanceRow>, StoreError> {
    seen.load(allowances::table.filter(allowances::id.eq_any(ids)).select(AllowanceRow::as_select())).await
}

/// The allowances of projects, in their order.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn allowances_of_projects(seen: &SeenBy, ids: Vec<ProjectId>) -> Result<Vec<AllowanceRow>, StoreError> {
    seen.load(
        allowances::table
            .filter(allowances::project_id.eq_any(ids))
            .order((allowances::sort, allowances::id))
            .select(AllowanceRow::as_select()),
    )
    .await
}

/// What staff alone know of allowances.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn costs_of_allowances(seen: &SeenBy, ids: Vec<AllowanceId>) -> Result<Vec<AllowanceCostRow>, StoreError> {
    seen.load(
        allowance_costs::table.filter(allowance_costs::allowance_id.eq_any(ids)).select(AllowanceCostRow::as_select()),
    )
    .await
}
