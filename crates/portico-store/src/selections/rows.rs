//! Rows of selections.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::prelude::*;
use portico_core::access::{Audience, Viewer};
use portico_core::id::{AllowanceId, CompanyId, LocationId, ProjectId, SelectionId, SelectionOptionId};
use portico_core::selections::SelectionStatus;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::schema::{
    allowance_costs, allowances, selection_internals, selection_option_costs, selection_options, selection_trade_infos,
    selections,
};
use crate::visible::{Visible, visible_to_staff_alone};

/// A choice that the client makes.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = selections, check_for_backend(diesel::pg::Pg))]
pub struct SelectionRow {
    /// The selection.
    pub id: SelectionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Where it belongs.
    pub location_id: Option<LocationId>,
    /// What it is paid from; null for trades, who are not to know.
    pub allowance_id: Option<AllowanceId>,
    /// Given when it was shared.
    pub number: Option<i32>,
    /// What is to be chosen.
    pub title: String,
    /// What to bear in mind.
    pub instructions: Option<String>,
    /// Where it stands.
    pub status: SelectionStatus,
    /// The last day for the choice, in the project's zone.
    pub due_on: Option<NaiveDate>,
    /// The choice.
    pub chosen_option_id: Option<SelectionOptionId>,
    /// When the choice was bound.
    pub locked_at: Option<DateTime<Utc>>,
    /// Moves with every change that an outsider can see.
    pub version: i32,
}

fn may_see_status(viewer: &Viewer, status: SelectionStatus) -> bool {
    status != SelectionStatus::Draft || viewer.is_staff()
}

impl Visible for SelectionRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id) && may_see_status(viewer, self.status)
    }
}

/// What staff alone know of a selection.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = selection_internals, check_for_backend(diesel::pg::Pg))]
pub struct SelectionInternalsRow {
    /// The selection.
    pub selection_id: SelectionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Minor units.
    pub original_budget_minor: Option<i64>,
    /// Minor units.
    pub revised_budget_minor: Option<i64>,
}

/// What the trades concerned are told about a selection.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = selection_trade_infos, check_for_backend(diesel::pg::Pg))]
pub struct TradeInfoRow {
    /// The selection.
    pub selection_id: SelectionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// For trades and team.
    pub trade_info: String,
}

impl Visible for TradeInfoRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.audience() != Audience::Client && viewer.may_see_project(self.company_id, self.project_id)
    }
}

/// One of the things that can be chosen.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = selection_options, check_for_backend(diesel::pg::Pg))]
pub struct OptionRow {
    /// The option.
    pub id: SelectionOptionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its selection.
    pub selection_id: SelectionId,
    /// That selection's state.
    pub selection_status: SelectionStatus,
    /// What it is.
    pub title: String,
    /// More about it.
    pub description: Option<String>,
    /// The client's price in minor units; null until it is known, and for trades, who are not to know.
    pub price_minor: Option<i64>,
    /// The price less that of the standard option, in minor units; null with an allowance, or without a standard (MR-6).
    pub price_delta_minor: Option<i64>,
    /// Whether it is the one included.
    pub is_standard: bool,
    /// Days from order to delivery.
    pub lead_time_days: Option<i32>,
    /// Its place among the options.
    pub sort: i32,
    /// Moves with every change that an outsider can see.
    pub version: i32,
}

impl Visible for OptionRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id) && may_see_status(viewer, self.selection_status)
    }
}

/// What an option costs.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = selection_option_costs, check_for_backend(diesel::pg::Pg))]
pub struct OptionCostRow {
    /// The option.
    pub option_id: SelectionOptionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Minor units.
    pub unit_cost_minor: i64,
    /// Who sells it.
    pub vendor: Option<String>,
    /// Under which number.
    pub vendor_sku: Option<String>,
}

/// Money set aside for selections.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = allowances, check_for_backend(diesel::pg::Pg))]
pub struct AllowanceRow {
    /// The allowance.
    pub id: AllowanceId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// What it is for.
    pub name: String,
    /// Minor units.
    pub granted_minor: i64,
    /// The prices of the options chosen against it, in minor units.
    pub used_minor: i64,
    /// Whether labor is beside it.
    pub material_only: bool,
    /// Its place among the allowances.
    pub sort: i32,
    /// Moves with every change that an outsider can see.
    pub version: i32,
}

impl Visible for AllowanceRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.audience() != Audience::Trade && viewer.may_see_project(self.company_id, self.project_id)
    }
}

/// What staff alone know of an allowance.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = allowance_costs, check_for_backend(diesel::pg::Pg))]
pub struct AllowanceCostRow {
    /// The allowance.
    pub allowance_id: AllowanceId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Minor units.
    pub cost_basis_minor: Option<i64>,
    /// A share of the cost basis.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub buffer_percent: Option<Decimal>,
}

visible_to_staff_alone!(SelectionInternalsRow, OptionCostRow, AllowanceCostRow);
