//! Selections, their options and allowances.

mod list;
mod rows;
mod writes;

use diesel::prelude::*;
use portico_core::id::{AllowanceId, ProjectId, SelectionId, SelectionOptionId};

pub use list::{count_selections_of_projects, selections_of_projects};
pub use rows::{
    AllowanceCostRow, AllowanceRow, OptionCostRow, OptionRow, SelectionInternalsRow, SelectionRow, TradeInfoRow,
};
pub use writes::{
    ChosenOption, SelectionAllowance, SelectionClient, SharedSelection, approve_selection, lock_shared_selection,
    selection_client,
};

use crate::by_key::rows_by_key;
use crate::selections::rows::{
    allowance_costs, allowances, selection_internals, selection_option_costs, selection_options, selection_trade_infos,
    selections,
};

rows_by_key! {
    /// Selections by id.
    selections_by_id(SelectionId) -> SelectionRow = selections by id;
    /// Columns of selections for staff only.
    internals_of_selections(in project, SelectionId) -> SelectionInternalsRow = selection_internals by selection_id;
    /// Notes on selections for trade partners and staff.
    trade_infos_of_selections(in project, SelectionId) -> TradeInfoRow = selection_trade_infos by selection_id;
    /// Options by id.
    options_by_id(SelectionOptionId) -> OptionRow = selection_options by id;
    /// Options by id and project.
    options_in_projects(in project, SelectionOptionId) -> OptionRow = selection_options by id;
    /// Options of selections, in sort order.
    options_of_selections(in project, SelectionId) -> OptionRow = selection_options by selection_id in order of sort, id;
    /// Costs of options.
    costs_of_options(in project, SelectionOptionId) -> OptionCostRow = selection_option_costs by option_id;
    /// Allowances by id.
    allowances_by_id(AllowanceId) -> AllowanceRow = allowances by id;
    /// Allowances by id and project.
    allowances_in_projects(in project, AllowanceId) -> AllowanceRow = allowances by id;
    /// Allowances of projects, in sort order.
    allowances_of_projects(ProjectId) -> AllowanceRow = allowances by project_id in order of sort, id;
    /// Columns of allowances for staff only.
    costs_of_allowances(in project, AllowanceId) -> AllowanceCostRow = allowance_costs by allowance_id;
}
