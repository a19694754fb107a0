//! Rows of projects.

use chrono::NaiveDate;
use diesel::prelude::*;
use portico_core::access::Viewer;
use portico_core::id::{CompanyId, LocationId, ProjectId, StaffMembershipId, TeamMemberId};
use portico_core::money::Currency;
use portico_core::projects::{ProjectStage, ProjectStatus};
use portico_store_macros::{role_view, row_change};
use rust_decimal::Decimal;

use crate::schema::base;
use crate::visible::{Visible, visible_to_staff_alone, visible_with_its_project};

/// A project.
#[role_view(projects(id), queried(search_text))]
pub struct ProjectRow {
    /// The project.
    pub id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// The company's number of the project.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Street and house number.
    pub address_line: String,
    /// City.
    pub city: String,
    /// State, province or canton.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Country code, ISO 3166-1 alpha-2.
    pub country: String,
    /// Lifecycle status.
    pub status: ProjectStatus,
    /// Current construction phase.
    pub stage: ProjectStage,
    /// IANA time zone of its dates.
    pub time_zone: String,
    /// Currency of all its amounts.
    pub currency: Currency,
    /// Contract total in minor units; null until it is set, for trade partners, and for clients without the right to make payments.
    pub contract_total_minor: Option<i64>,
    /// When work started.
    pub started_on: Option<NaiveDate>,
    /// Increases with every change visible to outsiders.
    pub version: i32,
}

impl Visible for ProjectRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.id)
    }
}

/// Columns of a project for staff only.
#[role_view(project_internals(project_id))]
pub struct ProjectInternalsRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Budget in minor units.
    pub budget_minor: Option<i64>,
    /// Target margin, as a share of the price.
    pub target_margin: Option<Decimal>,
    /// Internal status.
    pub internal_status: Option<String>,
    /// Risks.
    pub risk_notes: Option<String>,
    /// Source of the lead.
    pub lead_source: Option<String>,
}

/// A room or other location.
#[role_view(locations(id))]
pub struct LocationRow {
    /// The location.
    pub id: LocationId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its name.
    pub name: String,
    /// Sort order among the project's locations.
    pub sort: i32,
}

/// A team member of a project.
#[role_view(team_members(id))]
pub struct TeamMemberRow {
    /// The team member.
    pub id: TeamMemberId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The staff membership; none for a person who is not on the company's staff, and for outsiders.
    pub staff_membership_id: Option<StaffMembershipId>,
    /// The name.
    pub name: String,
    /// Role on this project.
    pub title: String,
    /// Telephone number for clients and trade partners.
    pub work_phone: Option<String>,
    /// URL of the photo.
    pub photo_url: Option<String>,
    /// Whether outsiders see the team member.
    pub is_shown: bool,
    /// Sort order in the team.
    pub sort: i32,
}

impl Visible for TeamMemberRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id) && (self.is_shown || viewer.is_staff())
    }
}

/// Columns of a team member for owners only.
#[role_view(team_member_internals(team_member_id))]
pub struct TeamMemberInternalsRow {
    /// The team member.
    pub team_member_id: TeamMemberId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// Pay rate per hour, in minor units.
    pub pay_rate_minor: Option<i64>,
    /// Private telephone number.
    pub private_phone: Option<String>,
    /// Currency of the pay rate.
    pub currency: Currency,
}

visible_with_its_project!(LocationRow);
visible_to_staff_alone!(ProjectInternalsRow, TeamMemberInternalsRow);

/// A project to insert.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = base::projects)]
pub struct NewProject {
    /// The project.
    pub id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// The company's number of the project.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Street and house number.
    pub address_line: String,
    /// City.
    pub city: String,
    /// State, province or canton.
    pub region: String,
    /// Postal code.
    pub postal_code: String,
    /// Country code, ISO 3166-1 alpha-2.
    pub country: String,
    /// Lifecycle status.
    pub status: ProjectStatus,
    /// Current construction phase.
    pub stage: ProjectStage,
    /// IANA time zone of its dates.
    pub time_zone: String,
    /// Currency of all its amounts.
    pub currency: Currency,
    /// When work started.
    pub started_on: Option<NaiveDate>,
}

/// Changes of a project; none keeps the current value.
#[row_change(projects, ProjectId)]
pub struct ChangedProject {
    /// The number.
    pub number: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// Street and house number.
    #[name = "address"]
    pub address_line: Option<String>,
    /// City.
    #[name = "address"]
    pub city: Option<String>,
    /// State, province or canton.
    #[name = "address"]
    pub region: Option<String>,
    /// Postal code.
    #[name = "address"]
    pub postal_code: Option<String>,
    /// Country code, ISO 3166-1 alpha-2.
    #[name = "address"]
    pub country: Option<String>,
    /// The status.
    pub status: Option<ProjectStatus>,
    /// The stage.
    pub stage: Option<ProjectStage>,
    /// IANA time zone of its dates.
    pub time_zone: Option<String>,
    /// The contract total, in minor units; `Some(None)` clears it.
    #[name = "contractTotal"]
    pub contract_total_minor: Option<Option<i64>>,
    /// When work started; `Some(None)` clears it.
    pub started_on: Option<Option<NaiveDate>>,
}

/// Changes of a location; none keeps the current value.
#[row_change(locations, LocationId)]
pub struct LocationChange {
    /// The name.
    pub name: Option<String>,
    /// The sort order among the project's locations.
    pub sort: Option<i32>,
}

/// A team member to insert: a member of the company's staff, or a person by name.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = base::team_members)]
pub struct NewTeamMember {
    /// The team member.
    pub id: TeamMemberId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The staff membership; none for a person who is not on the company's staff.
    pub staff_membership_id: Option<StaffMembershipId>,
    /// The name; none for staff, who have it on their account.
    pub name: Option<String>,
    /// The role on the project.
    pub title: String,
    /// The telephone number for clients and trade partners.
    pub work_phone: Option<String>,
    /// URL of the photo.
    pub photo_url: Option<String>,
    /// Whether outsiders see the team member.
    pub is_shown: bool,
    /// The sort order in the team.
    pub sort: i32,
}

/// Changes of a team member; none keeps the current value, `Some(None)` clears it.
#[row_change(team_members, TeamMemberId)]
pub struct TeamMemberChange {
    /// The name, of a person who is not on the company's staff.
    pub name: Option<String>,
    /// The role on the project.
    pub title: Option<String>,
    /// The telephone number for clients and trade partners.
    pub work_phone: Option<Option<String>>,
    /// URL of the photo.
    pub photo_url: Option<Option<String>>,
    /// Whether outsiders see the team member.
    pub is_shown: Option<bool>,
    /// The sort order in the team.
    pub sort: Option<i32>,
}

/// Changes of a project's internal figures; none keeps the current value, `Some(None)` clears it.
#[row_change(project_internals, ProjectId)]
pub struct InternalsChange {
    /// The budget, in minor units.
    #[name = "budget"]
    pub budget_minor: Option<Option<i64>>,
    /// The target margin, as a share of the price.
    pub target_margin: Option<Option<Decimal>>,
    /// The internal status.
    pub internal_status: Option<Option<String>>,
    /// The risks.
    pub risk_notes: Option<Option<String>>,
    /// The source of the lead.
    pub lead_source: Option<Option<String>>,
}
