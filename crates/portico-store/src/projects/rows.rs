//! Rows of projects.

use chrono::NaiveDate;
use diesel::prelude::*;
use portico_core::id::{CompanyId, LocationId, ProjectId, StaffMembershipId, TeamMemberId};
use portico_core::money::Currency;
use portico_core::people::Viewer;
use portico_core::projects::{ProjectStage, ProjectStatus};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::schema::{locations, project_internals, projects, team_member_internals, team_members};
use crate::visible::{Visible, visible_to_staff_alone, visible_with_its_project};

/// A project.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = projects, check_for_backend(diesel::pg::Pg))]
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
    /// Contract total in minor units; null for trade partners, and for clients without the right to make payments.
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
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = project_internals, check_for_backend(diesel::pg::Pg))]
pub struct ProjectInternalsRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Budget in minor units.
    pub budget_minor: Option<i64>,
    /// Target margin, as a share of the price.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub target_margin: Option<Decimal>,
    /// Internal status.
    pub internal_status: Option<String>,
    /// Risks.
    pub risk_notes: Option<String>,
    /// Source of the lead.
    pub lead_source: Option<String>,
}

/// A room or other location.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = locations, check_for_backend(diesel::pg::Pg))]
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
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = team_members, check_for_backend(diesel::pg::Pg))]
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
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = team_member_internals, check_for_backend(diesel::pg::Pg))]
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
