//! Portals: what a project shows, how a company presents itself, and how it sets its portals up.

mod company;
mod face;
mod help;
mod help_writes;
mod writes;

use diesel::prelude::*;
use portico_core::access::Viewer;
use portico_core::id::{CompanyId, ProjectId};
use portico_core::portal::ScheduleShare;
use serde::{Deserialize, Serialize};

pub use company::{
    CompanyPortalRow, OnboardingRow, PortalSetupRow, onboardings_of, portals_of_companies, setups_of_projects,
};
pub use face::{CompanyBranding, face_at, face_of, face_of_form};
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
    /// The sections that are switched on, by name.
    pub features: Vec<String>,
    /// How the schedule is shared; staff's to know.
    pub schedule_share: Option<ScheduleShare>,
    /// Where the guide for clients is: the project's own or, without one, the company's (INV-20).
    pub guide_url: Option<String>,
    /// The project's own guide; staff's to know.
    pub own_guide_url: Option<String>,
}
visible_with_its_project!(PortalRow);

/// How a company looks.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = company_brandings, check_for_backend(diesel::pg::Pg))]
pub struct BrandingRow {
    /// The company.
    pub company_id: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The number that anybody may call.
    pub public_phone: Option<String>,
    /// `#rrggbb`.
    pub primary_color: String,
    /// `#rrggbb`.
    pub accent_color: String,
    /// Where the logo is.
    pub logo_url: Option<String>,
    /// The company's own site.
    pub website_url: Option<String>,
}

impl Visible for BrandingRow {
    // How a company presents itself is public: it stands on its portal's front door.
    fn visible_to(&self, _: &Viewer) -> bool {
        true
    }
}

/// The front door of a company's portal.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = portal_entrances, check_for_backend(diesel::pg::Pg))]
pub struct PortalHostRow {
    /// The host name that leads there.
    pub host: String,
    /// The company.
    pub company_id: CompanyId,
    /// Whether one can sign in there with a password (RULE-3).
    pub offers_password: bool,
    /// Whether one can sign in there with a link that is mailed.
    pub offers_link: bool,
    /// The key of the company's lead form, which its address ends with (PRT-18).
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
    /// How companies present themselves.
    brandings_of_companies(CompanyId) -> BrandingRow = company_brandings by company_id;
    /// The front doors behind host names.
    entrances_by_host(String) -> PortalHostRow = portal_entrances by host;
}

/// The front doors of all companies.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn all_entrances(session: &ReadSession) -> Result<Vec<PortalHostRow>, StoreError> {
    session.load(portal_entrances::table.select(PortalHostRow::as_select())).await
}
