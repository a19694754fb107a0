//! Rows of projects.

use chrono::NaiveDate;
use diesel::prelude::*;
use portico_core::access::Viewer;
use portico_core::id::{CompanyId, LocationId, ProjectId, StaffMembershipId, TeamMemberId};
use portico_core::money::Currency;
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
    /// The company's own number for it.
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
    /// ISO 3166-1, two letters.
    pub country: String,
    /// Where it is in its life.
    pub status: ProjectStatus,
    /// What is being done.
    pub stage: ProjectStage,
    /// IANA name of the zone in which its dates are meant.
    pub time_zone: String,
    /// The one currency of its money.
    pub currency: Currency,
    /// Minor units; null for trades, and for clients who may not pay.
    pub contract_total_minor: Option<i64>,
    /// When work started.
    pub started_on: Option<NaiveDate>,
    /// Moves with every change that an outsider can see.
    pub version: i32,
}

impl Visible for ProjectRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.id)
    }
}

/// What staff alone know of a project.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = project_internals, check_for_backend(diesel::pg::Pg))]
pub struct ProjectInternalsRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Minor units.
    pub budget_minor: Option<i64>,
    /// A share of the price.
    #[serde(with = "rust_decimal::serde::str_option")]
    pub target_margin: Option<Decimal>,
    /// Staff's own word for how it stands.
    pub internal_status: Option<String>,
    /// What may go wrong.
    pub risk_notes: Option<String>,
    /// Where the lead came from.
    pub lead_source: Option<String>,
}

/// A room or other place.
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
    /// Its place among the project's locations.
    pub sort: i32,
}

/// Somebody of the company's team, as a project shows them.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = team_members, check_for_backend(diesel::pg::Pg))]
pub struct TeamMemberRow {
    /// The team member.
    pub id: TeamMemberId,
    /// Their company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// Their staff membership; none for a person who is not on the company's staff, and for outsiders.
    pub staff_membership_id: Option<StaffMembershipId>,
    /// Their name.
    pub name: String,
    /// What they do on this project.
    pub title: String,
    /// The number for clients.
    pub work_phone: Option<String>,
    /// Where their photo is.
    pub photo_url: Option<String>,
    /// Whether outsiders see them.
    pub is_shown: bool,
    /// Their place in the list.
    pub sort: i32,
}

impl Visible for TeamMemberRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.may_see_project(self.company_id, self.project_id) && (self.is_shown || viewer.is_staff())
    }
}

/// What owners alone know of a team member.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = team_member_internals, check_for_backend(diesel::pg::Pg))]
pub struct TeamMemberInternalsRow {
    /// The team member.
    pub team_member_id: TeamMemberId,
    /// Their company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// Minor units an hour.
    pub pay_rate_minor: Option<i64>,
    /// Their own number.
    pub private_phone: Option<String>,
    /// Of the pay rate.
    pub currency: Currency,
}

visible_with_its_project!(LocationRow);
visible_to_staff_alone!(ProjectInternalsRow, TeamMemberInternalsRow);
