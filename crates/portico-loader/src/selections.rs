//! Selections, their options and allowances.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::generations::Owner;
use portico_core::id::{AllowanceId, ProjectId, SelectionId, SelectionOptionId};
use portico_core::page::{Paged, Slice};
use portico_core::selections::SelectionList;
pub use portico_store::selections::{
    AllowanceCostRow, AllowanceRow, OptionCostRow, OptionRow, SelectionInternalsRow, SelectionRow, TradeInfoRow,
};
use portico_store::selections::{
    allowances_by_id, allowances_in_projects, allowances_of_projects, costs_of_allowances, costs_of_options,
    count_selections_of_projects, internals_of_selections, options_by_id, options_in_projects, options_of_selections,
    selections_by_id, selections_of_projects, trade_infos_of_selections,
};
use portico_store::{ReadSession, StoreError};
use serde::Serialize;

use crate::gather::{loads_many, loads_one, page_each};
use crate::{CachePolicy, Key};

loads_one! {
    /// A selection.
    SelectionById(SelectionId) => SelectionRow, selections_by_id, by id
}
loads_one! {
    /// Columns of a selection for staff only.
    InternalsOfSelection(in project, SelectionId) => SelectionInternalsRow, internals_of_selections, by selection_id
}
loads_one! {
    /// A selection's notes for trade partners and staff.
    TradeInfoOfSelection(in project, SelectionId) => TradeInfoRow, trade_infos_of_selections, by selection_id
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
loads_one! {
    /// Columns of an allowance for staff only.
    CostOfAllowance(in project, AllowanceId) => AllowanceCostRow, costs_of_allowances, by allowance_id
}

/// A page of a project's selections.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SelectionsOfProject {
    /// The project.
    pub project: ProjectId,
    /// The filter and order.
    pub list: SelectionList,
    /// The slice.
    pub slice: Slice,
}

impl Key for SelectionsOfProject {
    type Value = Arc<Paged<Arc<SelectionRow>>>;

    const KIND: &'static str = "SelectionsOfProject";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.project))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_question: HashMap<(SelectionList, Slice), Vec<ProjectId>> = HashMap::new();
        for key in keys {
            by_question.entry((key.list, key.slice)).or_default().push(key.project);
        }
        let mut pages = HashMap::new();
        for ((list, slice), projects) in by_question {
            let rows = selections_of_projects(session, projects, &list, &slice).await?;
            let of_project = page_each(rows, session.viewer(), &slice, |row| Self {
                project: row.project_id,
                list: list.clone(),
                slice: slice.clone(),
            });
            pages.extend(of_project);
        }
        Ok(pages)
    }
}

/// The number of selections of a project in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct SelectionCount {
    /// The project.
    pub project: ProjectId,
    /// The filter; the order is ignored.
    pub list: SelectionList,
}

impl Key for SelectionCount {
    type Value = i64;

    const KIND: &'static str = "SelectionCount";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.project))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_list: HashMap<SelectionList, Vec<ProjectId>> = HashMap::new();
        for key in keys {
            by_list.entry(key.list).or_default().push(key.project);
        }
        let mut counts = HashMap::new();
        for (list, projects) in by_list {
            let of_project = count_selections_of_projects(session, projects, &list).await?;
            counts.extend(of_project.into_iter().map(|(project, count)| (Self { project, list: list.clone() }, count)));
        }
        Ok(counts)
    }
}
