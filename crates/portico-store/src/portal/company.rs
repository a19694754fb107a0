//! How companies set their portals up, how far each project has come in it, and how clients are shown around.

use diesel::prelude::*;
use portico_core::access::{Role, Viewer};
use portico_core::id::{CompanyId, IdentityId, ProjectId};
use portico_core::portal::ScheduleShare;
use serde::{Deserialize, Serialize};

use crate::by_key::rows_by_key;
use crate::schema::{company_portals, onboardings, portal_setups};
use crate::visible::{Visible, visible_to_staff_alone};

/// What a company has settled for all its portals.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = company_portals, check_for_backend(diesel::pg::Pg))]
pub struct CompanyPortalRow {
    /// The company.
    pub company_id: CompanyId,
    /// The sections that are switched on in a new project, by name.
    pub default_features: Vec<String>,
    /// How a new project shares its schedule.
    pub default_schedule_share: ScheduleShare,
    /// The guide of projects that have none of their own (INV-20).
    pub guide_url: Option<String>,
    /// What clients are shown when they first sign in (PRT-15).
    pub onboarding_video_url: Option<String>,
    /// Whether one can sign in with a password (RULE-3).
    pub offers_password: bool,
    /// Whether one can sign in with a link that is mailed.
    pub offers_link: bool,
}

impl Visible for CompanyPortalRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.company() == Some(self.company_id)
    }
}

/// How far a project's portal is set up (PRT-14).
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = portal_setups, check_for_backend(diesel::pg::Pg))]
pub struct PortalSetupRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Whether a section is switched on beside the dashboard.
    pub has_features: bool,
    /// Whether the company has a logo.
    pub has_branding: bool,
    /// Whether there is an article to read, if help is switched on.
    pub has_help: bool,
    /// Whether there is a guide.
    pub has_guide: bool,
    /// Whether a client has been invited.
    pub has_clients: bool,
}
visible_to_staff_alone!(PortalSetupRow);

/// What a client is shown when they first sign in (PRT-15).
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = onboardings, check_for_backend(diesel::pg::Pg))]
pub struct OnboardingRow {
    /// The client.
    pub identity_id: IdentityId,
    /// The company that let them in first.
    pub company_id: CompanyId,
    /// The project into which it did.
    pub project_id: ProjectId,
    /// Where the overview video is.
    pub video_url: Option<String>,
    /// Whether they have not dismissed it yet.
    pub is_pending: bool,
}

impl Visible for OnboardingRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.role == Some(Role::Client)
            && viewer.person.as_ref().is_some_and(|person| person.id == self.identity_id.0)
            && viewer.may_see_project(self.company_id, self.project_id)
    }
}

rows_by_key! {
    /// What companies have settled for their portals.
    portals_of_companies(CompanyId) -> CompanyPortalRow = company_portals by company_id;
    /// How far the portals of projects are set up.
    setups_of_projects(ProjectId) -> PortalSetupRow = portal_setups by project_id;
    /// What clients are shown when they first sign in.
    onboardings_of(IdentityId) -> OnboardingRow = onboardings by identity_id;
}
