//! Rows of portals and branding.

use diesel::prelude::*;
use portico_core::access::Viewer;
use portico_core::id::{CompanyId, ProjectId};
use portico_core::portal::ScheduleShare;
use portico_store_macros::{role_view, row_change};

use crate::by_key::rows_by_key;
use crate::visible::{Visible, visible_with_its_project};
use crate::{ReadSession, StoreError};

/// A project's portal.
#[role_view(project_portals(project_id))]
pub struct PortalRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Enabled sections, by name.
    pub features: Vec<String>,
    /// Schedule sharing; for staff only.
    pub schedule_share: Option<ScheduleShare>,
    /// Whether clients see the baseline of the shared schedule; for staff only.
    pub shares_baseline: Option<bool>,
    /// URL of the guide for clients: the project's own or, without one, the company's (INV-20).
    pub guide_url: Option<String>,
    /// URL of the project's own guide; for staff only.
    pub own_guide_url: Option<String>,
    /// Key of the address to which files are mailed; none for clients without the section for files.
    pub mail_key: Option<String>,
}
visible_with_its_project!(PortalRow);

/// A company's branding.
#[role_view(company_brandings(company_id))]
pub struct BrandingRow {
    /// The company.
    pub company_id: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The public telephone number.
    pub public_phone: Option<String>,
    /// The primary color, `#rrggbb`.
    pub primary_color: String,
    /// The accent color, `#rrggbb`.
    pub accent_color: String,
    /// URL of the logo.
    pub logo_url: Option<String>,
    /// URL of the company's web site.
    pub website_url: Option<String>,
}

impl Visible for BrandingRow {
    // Branding is public: every portal shows it before sign-in.
    fn visible_to(&self, _: &Viewer) -> bool {
        true
    }
}

/// The public part of a company's portal, before sign-in.
#[role_view(portal_entrances(host))]
pub struct PortalHostRow {
    /// The portal's host name.
    pub host: String,
    /// The company.
    pub company_id: CompanyId,
    /// Whether password sign-in is enabled (RULE-3).
    pub offers_password: bool,
    /// Whether sign-in by mailed link is enabled (RULE-3).
    pub offers_link: bool,
    /// The key of the company's lead form, part of its URL (PRT-18).
    pub lead_form_key: Option<String>,
    /// Whether that form is open.
    pub is_lead_form_open: Option<bool>,
}

impl Visible for PortalHostRow {
    fn visible_to(&self, _: &Viewer) -> bool {
        true
    }
}

rows_by_key! {
    /// The portals of projects.
    portals_of_projects(ProjectId) -> PortalRow = project_portals by project_id;
    /// Branding of companies.
    brandings_of_companies(CompanyId) -> BrandingRow = company_brandings by company_id;
    /// The portals of companies.
    entrances_of_companies(CompanyId) -> PortalHostRow = portal_entrances by company_id;
    /// The portals at host names.
    entrances_by_host(String) -> PortalHostRow = portal_entrances by host;
}

/// The public parts of all companies' portals.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn all_portal_hosts(session: &ReadSession) -> Result<Vec<PortalHostRow>, StoreError> {
    session.load(portal_entrances::table.select(PortalHostRow::as_select())).await
}

/// Changes of a project's portal; none keeps the current value.
#[row_change(project_portals, ProjectId)]
pub struct PortalChange {
    /// Enabled sections, by name.
    pub features: Option<Vec<String>>,
    /// Schedule sharing.
    pub schedule_share: Option<ScheduleShare>,
    /// Whether clients see the baseline of the shared schedule.
    pub shares_baseline: Option<bool>,
    /// URL of the project's own guide; `Some(None)` clears it.
    pub guide_url: Option<Option<String>>,
}

/// Changes of a company's portal settings; none keeps the current value.
#[row_change(company_portals, CompanyId)]
pub struct CompanyPortalChange {
    /// Sections enabled in a new project, by name.
    pub default_features: Option<Vec<String>>,
    /// Schedule sharing of a new project.
    pub default_schedule_share: Option<ScheduleShare>,
    /// Whether files that staff upload are shared with clients, unless they say otherwise.
    pub default_share_files: Option<bool>,
    /// Whether trade partners report the progress of tasks that are assigned to them.
    pub trades_report_progress: Option<bool>,
    /// Days before the due date of a selection on which clients are reminded; `Some(None)` turns reminders off.
    pub selection_reminder_days: Option<Option<i32>>,
    /// URL of the guide for projects without their own; `Some(None)` clears it.
    pub guide_url: Option<Option<String>>,
    /// URL of the onboarding video; `Some(None)` clears it.
    pub onboarding_video_url: Option<Option<String>>,
    /// Whether password sign-in is enabled.
    pub offers_password: Option<bool>,
    /// Whether sign-in by mailed link is enabled.
    pub offers_link: Option<bool>,
}

/// Changes of a company's branding; none keeps the current value.
#[row_change(company_brandings, CompanyId)]
pub struct BrandingChange {
    /// The primary color, `#rrggbb`, lower-case.
    pub primary_color: Option<String>,
    /// The accent color, `#rrggbb`, lower-case.
    pub accent_color: Option<String>,
    /// URL of the logo; `Some(None)` clears it.
    pub logo_url: Option<Option<String>>,
    /// URL of the company's web site; `Some(None)` clears it.
    pub website_url: Option<Option<String>>,
}
