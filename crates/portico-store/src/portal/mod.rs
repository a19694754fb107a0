//! Portals: settings of projects and companies, branding, help articles.

mod branding;
mod company;
mod help;
mod help_writes;
mod writes;

use diesel::prelude::*;
use portico_core::access::Viewer;
use portico_core::id::{CompanyId, ProjectId};
use portico_core::portal::ScheduleShare;
use serde::{Deserialize, Serialize};

pub use branding::{CompanyBranding, branding_at_host, branding_of, branding_of_form, only_company_of};
pub use company::{
    CompanyPortalRow, OnboardingRow, PortalSetupRow, onboardings_of, portals_of_companies, setups_of_projects,
};
pub use help::{
    HelpArticleRow, articles_by_id, articles_of_companies, articles_of_portals, count_articles_of_companies,
    count_articles_of_portals,
};
pub use help_writes::{HelpArticle, delete_article, insert_article, last_place, lock_article, write_article};
pub use writes::{
    BrandingChange, CompanyPortalChange, PortalChange, PortalDefaults, SignInOffer, change_branding,
    change_company_portal, change_portal, dismiss_onboarding, lock_sign_in_offer, portal_defaults, status_of_project,
};

use crate::by_key::rows_by_key;
use crate::schema::{company_brandings, portal_entrances, project_portals};
use crate::visible::{Visible, visible_with_its_project};
use crate::{ReadSession, StoreError};

/// A project's portal.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = project_portals, check_for_backend(diesel::pg::Pg))]
pub struct PortalRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Enabled sections, by name.
    pub features: Vec<String>,
    /// Schedule sharing; for staff only.
    pub schedule_share: Option<ScheduleShare>,
    /// URL of the guide for clients: the project's own or, without one, the company's (INV-20).
    pub guide_url: Option<String>,
    /// URL of the project's own guide; for staff only.
    pub own_guide_url: Option<String>,
}
visible_with_its_project!(PortalRow);

/// A company's branding.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = company_brandings, check_for_backend(diesel::pg::Pg))]
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
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = portal_entrances, check_for_backend(diesel::pg::Pg))]
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
    /// The portals at host names.
    entrances_by_host(String) -> PortalHostRow = portal_entrances by host;
}

/// The public parts of all companies' portals.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn all_entrances(session: &ReadSession) -> Result<Vec<PortalHostRow>, StoreError> {
    session.load(portal_entrances::table.select(PortalHostRow::as_select())).await
}
