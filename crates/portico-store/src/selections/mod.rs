//! Selections, their options and allowances.

mod copy;
mod deadlines;
mod list;
mod locked;
mod reminders;
mod rows;
mod staff;
mod staff_allowances;
mod trades;
mod writes;

use diesel::prelude::*;
use portico_core::id::{AllowanceId, ProjectId, SelectionId, SelectionOptionId};

pub use copy::{copy_selections, count_copied_allowances};
pub use deadlines::{mark_deadlines, move_due_dates, recompute_deadlines};
pub use list::{count_selections_of_projects, selections_of_projects};
pub use locked::{
    LockedSelection, SelectionClient, StoredAllowance, StoredOption, StoredSelection, lock_selection, selection_client,
};
pub use reminders::{ReminderRecipient, enqueue_reminders, reminder};
pub use rows::{
    AllowanceCostRow, AllowanceEntryRow, AllowanceRow, ChoiceRow, OptionCostRow, OptionRow, SelectionInternalsRow,
    SelectionRow, SelectionTradeRow, TradeInfoRow,
};
pub use staff::{
    OptionChange, OptionCostChange, SelectionBudgetChange, SelectionChange, change_option, change_option_cost,
    change_selection, change_selection_budget, count_selections, delete_option, delete_selection, has_cost,
    insert_option, insert_selection, is_allowance_of_project, is_chosen, is_location_of_project, lock_option,
    place_of_option, project_of_allowance, project_of_selection, share_selection, start_of_task, touch_selection,
};
pub use staff_allowances::{
    AllowanceChange, AllowanceCostChange, LockedAllowance, change_allowance, change_allowance_cost, count_allowances,
    count_selections_of_allowance, delete_allowance, insert_allowance, lock_allowance,
};
pub use trades::{set_trade_info, show_to_trades, trades_of_selection};
pub use writes::{
    NewAllowanceEntry, NewChoice, choose_options, contract_total, count_approved, decline_selection,
    insert_allowance_entry, reserved_entries, set_selection_status,
};

use crate::by_key::rows_by_key;
use crate::selections::rows::{
    allowance_costs, allowance_entries, allowances, selection_choices, selection_internals, selection_option_costs,
    selection_options, selection_trade_infos, selection_trades, selections,
};

rows_by_key! {
    /// Selections by id.
    selections_by_id(SelectionId) -> SelectionRow = selections by id;
    /// Selections by id and project.
    selections_in_projects(in project, SelectionId) -> SelectionRow = selections by id;
    /// Columns of selections for staff only.
    internals_of_selections(in project, SelectionId) -> SelectionInternalsRow = selection_internals by selection_id;
    /// Notes on selections for trade partners and staff.
    trade_infos_of_selections(in project, SelectionId) -> TradeInfoRow = selection_trade_infos by selection_id;
    /// Trade partners who see selections.
    trades_of_selections(in project, SelectionId) -> SelectionTradeRow = selection_trades by selection_id in order of project_membership_id;
    /// Options by id.
    options_by_id(SelectionOptionId) -> OptionRow = selection_options by id;
    /// Options by id and project.
    options_in_projects(in project, SelectionOptionId) -> OptionRow = selection_options by id;
    /// Options of selections, in sort order.
    options_of_selections(in project, SelectionId) -> OptionRow = selection_options by selection_id in order of sort, id;
    /// Chosen options of selections, in the order of the options.
    choices_of_selections(in project, SelectionId) -> ChoiceRow = selection_choices by selection_id in order of sort, option_id;
    /// Costs of options.
    costs_of_options(in project, SelectionOptionId) -> OptionCostRow = selection_option_costs by option_id;
    /// Allowances by id.
    allowances_by_id(AllowanceId) -> AllowanceRow = allowances by id;
    /// Allowances by id and project.
    allowances_in_projects(in project, AllowanceId) -> AllowanceRow = allowances by id;
    /// Allowances of projects, in sort order.
    allowances_of_projects(ProjectId) -> AllowanceRow = allowances by project_id in order of sort, id;
    /// Entries of allowances, oldest first.
    entries_of_allowances(in project, AllowanceId) -> AllowanceEntryRow = allowance_entries by allowance_id in order of created_at, id;
    /// Columns of allowances for staff only.
    costs_of_allowances(in project, AllowanceId) -> AllowanceCostRow = allowance_costs by allowance_id;
}
