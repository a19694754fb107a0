//! Selections, their options and allowances.

mod list;
mod rows;

use diesel::prelude::*;
use portico_core::id::{AllowanceId, ProjectId, SelectionId, SelectionOptionId};

pub use list::{count_selections_of_projects, selections_of_projects};
pub use rows::{
    AllowanceCostRow, AllowanceRow, OptionCostRow, OptionRow, SelectionInternalsRow, SelectionRow, TradeInfoRow,
};

use crate::by_key::rows_by_key;
use crate::schema::{
    allowance_costs, allowances, selection_internals, selection_option_costs, selection_options, selection_trade_infos,
    selections,
};

rows_by_key! {
    /// Selections by id.
    selections_by_id(SelectionId) -> SelectionRow = selections by id;
    /// What staff alone know of selections.
    internals_of_selections(in project, SelectionId) -> SelectionInternalsRow = selection_internals by selection_id;
    /// What the trades concerned are told about selections.
    trade_infos_of_selections(in project, SelectionId) -> TradeInfoRow = selection_trade_infos by selection_id;
    /// Options by id.
    options_by_id(SelectionOptionId) -> OptionRow = selection_options by id;
    /// Options by id and project.
    options_in_projects(in project, SelectionOptionId) -> OptionRow = selection_options by id;
    /// The options of selections, in their order.
    options_of_selections(in project, SelectionId) -> OptionRow = selection_options by selection_id in order of sort, id;
    /// What options cost.
    costs_of_options(in project, SelectionOptionId) -> OptionCostRow = selection_option_costs by option_id;
    /// Allowances by id.
    allowances_by_id(AllowanceId) -> AllowanceRow = allowances by id;
    /// Allowances by id and project.
    allowances_in_projects(in project, AllowanceId) -> AllowanceRow = allowances by id;
    /// The allowances of projects, in their order.
    allowances_of_projects(ProjectId) -> AllowanceRow = allowances by project_id in order of sort, id;
    /// What staff alone know of allowances.
    costs_of_allowances(in project, AllowanceId) -> AllowanceCostRow = allowance_costs by allowance_id;
}
