//! Portals: what a project shows, and how a company presents itself.

use diesel::prelude::*;
use portico_core::id::{CompanyId, ProjectId};
use portico_core::people::Viewer;
use portico_core::portal::ScheduleShare;
use serde::{Deserialize, Serialize};

use crate::by_key::rows_by_key;
use crate::schema::{company_brandings, portal_entrances, project_portals};
use crate::visible::{Visible, visible_with_its_project};

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
    /// Where the guide for clients is.
    pub guide_url: Option<String>,
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
pub struct EntranceRow {
    /// The host name that leads there.
    pub host: String,
    /// The company.
    pub company_id: CompanyId,
}

impl Visible for EntranceRow {
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
    entrances_by_host(String) -> EntranceRow = portal_entrances by host;
}
