//! Companies' portal settings, portal setup progress, and clients' onboarding.

use diesel::prelude::*;
use portico_core::access::{Role, Viewer};
use portico_core::id::{CompanyId, IdentityId, ProjectId};
use portico_core::portal::ScheduleShare;
use portico_store_macros::role_view;

use crate::by_key::rows_by_key;
use crate::visible::{Visible, visible_to_staff_alone};

/// A company's settings for all its portals.
#[role_view(company_portals(company_id))]
pub struct CompanyPortalRow {
    /// The company.
    pub company_id: CompanyId,
    /// Sections enabled in a new project, by name.
    pub default_features: Vec<String>,
    /// Schedule sharing of a new project.
    pub default_schedule_share: ScheduleShare,
    /// Whether files that staff upload are shared with clients, unless they say otherwise (FIL-8).
    pub default_share_files: bool,
    /// Whether trade partners report the progress of tasks that are assigned to them.
    pub trades_report_progress: bool,
    /// Days before the due date of a selection on which clients are reminded; none if they are not.
    pub selection_reminder_days: Option<i32>,
    /// URL of the guide for projects without their own (INV-20).
    pub guide_url: Option<String>,
    /// URL of the onboarding video (PRT-15).
    pub onboarding_video_url: Option<String>,
    /// Whether password sign-in is enabled (RULE-3).
    pub offers_password: bool,
    /// Whether sign-in by mailed link is enabled (RULE-3).
    pub offers_link: bool,
}

impl Visible for CompanyPortalRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.company() == Some(self.company_id)
    }
}

/// Setup progress of a project's portal (PRT-14).
#[role_view(portal_setups(project_id))]
pub struct PortalSetupRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Whether a section besides the dashboard is enabled.
    pub has_features: bool,
    /// Whether the company has a logo.
    pub has_branding: bool,
    /// Whether there is a published article, if help is enabled.
    pub has_help: bool,
    /// Whether there is a guide.
    pub has_guide: bool,
    /// Whether a client has been invited.
    pub has_clients: bool,
}
visible_to_staff_alone!(PortalSetupRow);

/// A client's onboarding at the first sign-in (PRT-15).
#[role_view(onboardings(identity_id))]
pub struct OnboardingRow {
    /// The client.
    pub identity_id: IdentityId,
    /// The company whose invitation the client accepted first.
    pub company_id: CompanyId,
    /// The project of that invitation.
    pub project_id: ProjectId,
    /// URL of the overview video.
    pub video_url: Option<String>,
    /// Whether the client has not dismissed it yet.
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
    /// Companies' settings for their portals.
    portals_of_companies(CompanyId) -> CompanyPortalRow = company_portals by company_id;
    /// Setup progress of projects' portals.
    setups_of_projects(ProjectId) -> PortalSetupRow = portal_setups by project_id;
    /// Clients' onboarding.
    onboardings_of(IdentityId) -> OnboardingRow = onboardings by identity_id;
}
