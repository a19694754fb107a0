//! Rows of selections.

use chrono::{DateTime, NaiveDate, Utc};
use portico_core::access::{Audience, Viewer};
use portico_core::id::{AllowanceId, CompanyId, LocationId, ProjectId, SelectionId, SelectionOptionId};
use portico_core::selections::SelectionStatus;
use portico_store_macros::role_view;
use rust_decimal::Decimal;

use crate::visible::{Visible, visible_to_staff_alone};

/// A selection: a choice that the client makes.
#[role_view(selections(id))]
pub struct SelectionRow {
    /// The selection.
    pub id: SelectionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The location; none if not set.
    pub location_id: Option<LocationId>,
    /// The allowance that pays for it; null for trade partners.
    pub allowance_id: Option<AllowanceId>,
    /// Number, set when it was shared.
    pub number: Option<i32>,
    /// Title.
    pub title: String,
    /// Instructions for the client.
    pub instructions: Option<String>,
    /// The state.
    pub status: SelectionStatus,
    /// Due date of the choice, in the project's time zone.
    pub due_on: Option<NaiveDate>,
    /// The chosen option.
    pub chosen_option_id: Option<SelectionOptionId>,
    /// When the choice was locked.
    pub locked_at: Option<DateTime<Utc>>,
    /// Increases with every change visible to outsiders.
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

/// Columns of a selection for staff only.
#[role_view(selection_internals(selection_id))]
pub struct SelectionInternalsRow {
    /// The selection.
    pub selection_id: SelectionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Original budget in minor units.
    pub original_budget_minor: Option<i64>,
    /// Revised budget in minor units.
    pub revised_budget_minor: Option<i64>,
}

/// Notes on a selection for trade partners and staff.
#[role_view(selection_trade_infos(selection_id))]
pub struct TradeInfoRow {
    /// The selection.
    pub selection_id: SelectionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The notes.
    pub trade_info: String,
}

impl Visible for TradeInfoRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.audience() != Audience::Client && viewer.may_see_project(self.company_id, self.project_id)
    }
}

/// An option of a selection.
#[role_view(selection_options(id))]
pub struct OptionRow {
    /// The option.
    pub id: SelectionOptionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its selection.
    pub selection_id: SelectionId,
    /// The state of the selection.
    pub selection_status: SelectionStatus,
    /// Title.
    pub title: String,
    /// Description.
    pub description: Option<String>,
    /// The client's price in minor units; null until it is known, and for trade partners.
    pub price_minor: Option<i64>,
    /// The price minus that of the standard option, in minor units; null with an allowance, or without a standard
    /// (MR-6).
    pub price_delta_minor: Option<i64>,
    /// Whether this is the included standard.
    pub is_standard: bool,
    /// Lead time from order to delivery, in days.
    pub lead_time_days: Option<i32>,
    /// Sort order among the options.
    pub sort: i32,
    /// Increases with every change visible to outsiders.
    pub version: i32,
}

impl Visible for OptionRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id) && may_see_status(viewer, self.selection_status)
    }
}

/// An option's cost.
#[role_view(selection_option_costs(option_id))]
pub struct OptionCostRow {
    /// The option.
    pub option_id: SelectionOptionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Unit cost in minor units.
    pub unit_cost_minor: i64,
    /// Vendor.
    pub vendor: Option<String>,
    /// The vendor's article number.
    pub vendor_sku: Option<String>,
}

/// An allowance: a budget for selections.
#[role_view(allowances(id))]
pub struct AllowanceRow {
    /// The allowance.
    pub id: AllowanceId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Name.
    pub name: String,
    /// Granted amount in minor units.
    pub granted_minor: i64,
    /// Sum of the prices of the options chosen against it, in minor units.
    pub used_minor: i64,
    /// Covers materials only; work is not covered.
    pub material_only: bool,
    /// Sort order among the allowances.
    pub sort: i32,
    /// Increases with every change visible to outsiders.
    pub version: i32,
}

impl Visible for AllowanceRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.audience() != Audience::Trade && viewer.may_see_project(self.company_id, self.project_id)
    }
}

/// Columns of an allowance for staff only.
#[role_view(allowance_costs(allowance_id))]
pub struct AllowanceCostRow {
    /// The allowance.
    pub allowance_id: AllowanceId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Cost basis in minor units.
    pub cost_basis_minor: Option<i64>,
    /// Buffer, as a share of the cost basis.
    pub buffer_percent: Option<Decimal>,
}

visible_to_staff_alone!(SelectionInternalsRow, OptionCostRow, AllowanceCostRow);
