//! Selections, their options and allowances.

use portico_core::id::{AllowanceId, SelectionId, SelectionOptionId};
use portico_core::selections::SelectionList;
pub use portico_store::selections::{
    AllowanceCostRow, AllowanceEntryRow, AllowanceRow, ChoiceRow, OptionCostRow, OptionRow, SelectionInternalsRow,
    SelectionRow, SelectionTradeRow, TradeInfoRow,
};
use portico_store::selections::{
    allowances_by_id, allowances_in_projects, allowances_of_projects, choices_of_selections, costs_of_allowances,
    costs_of_options, count_selections_of_projects, entries_of_allowances, internals_of_selections, options_by_id,
    options_in_projects, options_of_selections, selections_by_id, selections_in_projects, selections_of_projects,
    trade_infos_of_selections, trades_of_selections,
};

use crate::gather::{loads_many, loads_one};
use crate::pages::loads_pages;

loads_one! {
    /// A selection.
    SelectionById(SelectionId) => SelectionRow, selections_by_id, by id
}
loads_one! {
    /// A selection of a project.
    SelectionIn(in project, SelectionId) => SelectionRow, selections_in_projects, by id
}
loads_one! {
    /// Columns of a selection for staff only.
    InternalsOfSelection(in project, SelectionId) => SelectionInternalsRow, internals_of_selections, by selection_id
}
loads_one! {
    /// A selection's notes for trade partners and staff.
    TradeInfoOfSelection(in project, SelectionId) => TradeInfoRow, trade_infos_of_selections, by selection_id
}
loads_many! {
    /// Trade partners who see a selection.
    TradesOfSelection(in project, SelectionId) => SelectionTradeRow, trades_of_selections, by selection_id
}
loads_one! {
    /// An option.
    OptionById(SelectionOptionId) => OptionRow, options_by_id, by id
}
loads_one! {
    /// An option of a project.
    OptionIn(in project, SelectionOptionId) => OptionRow, options_in_projects, by id
}
loads_one! {
    /// An allowance of a project.
    AllowanceIn(in project, AllowanceId) => AllowanceRow, allowances_in_projects, by id
}
loads_many! {
    /// A selection's options, in sort order.
    OptionsOfSelection(in project, SelectionId) => OptionRow, options_of_selections, by selection_id
}
loads_many! {
    /// The chosen options of a selection, in sort order.
    ChoicesOfSelection(in project, SelectionId) => ChoiceRow, choices_of_selections, by selection_id
}
loads_one! {
    /// An option's cost.
    CostOfOption(in project, SelectionOptionId) => OptionCostRow, costs_of_options, by option_id
}
loads_one! {
    /// An allowance.
    AllowanceById(AllowanceId) => AllowanceRow, allowances_by_id, by id
}
loads_many! {
    /// A project's allowances, in sort order.
    AllowancesOfProject(of project) => AllowanceRow, allowances_of_projects, by project_id
}
loads_many! {
    /// The entries of an allowance, oldest first.
    EntriesOfAllowance(in project, AllowanceId) => AllowanceEntryRow, entries_of_allowances, by allowance_id
}
loads_one! {
    /// Columns of an allowance for staff only.
    CostOfAllowance(in project, AllowanceId) => AllowanceCostRow, costs_of_allowances, by allowance_id
}

loads_pages! {
    by SelectionList;
    /// A page of a project's selections.
    SelectionsOfProject => SelectionRow, selections_of_projects;
    /// The number of selections of a project in a list.
    SelectionCount, count_selections_of_projects;
}
