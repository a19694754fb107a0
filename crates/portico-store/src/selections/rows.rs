//! Rows of selections.

use chrono::{DateTime, NaiveDate, Utc};
use portico_core::access::{Audience, Viewer};
use portico_core::id::{
    AllowanceEntryId, AllowanceId, CompanyId, LocationId, ProjectId, ProjectMembershipId, SelectionId,
    SelectionOptionId, TaskId,
};
use portico_core::selections::{
    AllowanceCovers, AllowanceEntryKind, AllowanceTerms, SelectionStatus, UnusedAllowancePolicy,
};
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
    /// The task on which the due date depends; null for trade partners.
    pub due_task_id: Option<TaskId>,
    /// Days from the due date to the start of the task, for staff only.
    pub due_days_before: Option<i32>,
    /// Whether the due date has passed without a choice.
    pub is_overdue: bool,
    /// The category.
    pub category: Option<String>,
    /// Minimum number of chosen options.
    pub min_choices: i32,
    /// Maximum number of chosen options.
    pub max_choices: i32,
    /// Whether clients may decline it.
    pub may_decline: bool,
    /// The chosen option, if it is the only one.
    pub chosen_option_id: Option<SelectionOptionId>,
    /// When it was chosen; null for trade partners.
    pub chosen_at: Option<DateTime<Utc>>,
    /// Who chose, by name; null for trade partners.
    pub chosen_by_name: Option<String>,
    /// When the choice was approved; null for trade partners.
    pub approved_at: Option<DateTime<Utc>>,
    /// When the choice was locked.
    pub locked_at: Option<DateTime<Utc>>,
    /// When it was ordered; null for trade partners.
    pub ordered_at: Option<DateTime<Utc>>,
    /// Why a client declined it; null for trade partners.
    pub decline_reason: Option<String>,
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

/// A trade partner who sees a selection.
#[role_view(selection_trades(selection_id, project_membership_id))]
pub struct SelectionTradeRow {
    /// The selection.
    pub selection_id: SelectionId,
    /// The trade partner.
    pub project_membership_id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
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
    /// The last day of the price; null for trade partners.
    pub price_expires_on: Option<NaiveDate>,
    /// Whether the price has expired; null for trade partners.
    pub is_price_expired: Option<bool>,
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

/// An option that a client has chosen.
#[role_view(selection_choices(selection_id, option_id))]
pub struct ChoiceRow {
    /// The selection.
    pub selection_id: SelectionId,
    /// The option.
    pub option_id: SelectionOptionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The state of the selection.
    pub selection_status: SelectionStatus,
    /// How many.
    pub quantity: i32,
    /// Sort order of the option.
    pub sort: i32,
}

impl Visible for ChoiceRow {
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
    /// Sum of the prices of what is approved against it, in minor units (MR-5).
    pub used_minor: i64,
    /// What it pays for.
    pub covers: AllowanceCovers,
    /// Its terms in words.
    pub terms: Option<String>,
    /// What happens with an unused amount.
    pub unused_policy: UnusedAllowancePolicy,
    /// The contract's fee on an overage, as a share.
    pub fee_percent: Decimal,
    /// The tax on an overage with its fee, as a share.
    pub tax_percent: Decimal,
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

impl AllowanceRow {
    /// The terms that decide about amounts.
    pub const fn amounts(&self) -> AllowanceTerms {
        AllowanceTerms {
            granted_minor: self.granted_minor,
            fee: self.fee_percent,
            tax: self.tax_percent,
            unused: self.unused_policy,
        }
    }
}

/// An entry in the ledger of an allowance.
#[role_view(allowance_entries(id))]
pub struct AllowanceEntryRow {
    /// The entry.
    pub id: AllowanceEntryId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// The allowance.
    pub allowance_id: AllowanceId,
    /// The approved or reopened selection.
    pub selection_id: Option<SelectionId>,
    /// Its kind.
    pub kind: AllowanceEntryKind,
    /// The amount in minor units.
    pub amount_minor: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

impl Visible for AllowanceEntryRow {
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

visible_to_staff_alone!(SelectionInternalsRow, SelectionTradeRow, OptionCostRow, AllowanceCostRow);
