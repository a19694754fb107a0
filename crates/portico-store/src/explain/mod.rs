//! Visibility rules of rows for outsiders, and the effect of other portal settings.
//!
//! Both read copies of outsiders' role views, which `migrations/role_views/explain.sql` derives from those views.

mod preview;

use diesel::prelude::*;
use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId};
use portico_core::people::{Permission, Viewer};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use preview::{PreviewRow, PreviewSettings, preview_of_project};

use crate::schema::explained_rules;
use crate::visible::Visible;
use crate::{ReadSession, StoreError};

/// The rules of a view, evaluated for one membership and one row.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = explained_rules, check_for_backend(diesel::pg::Pg))]
pub struct RulesRow {
    /// The membership of the project.
    pub membership_id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The audience of the view: `CLIENT` or `TRADE`.
    pub audience: String,
    /// The view.
    pub view_name: String,
    /// The row.
    pub record_id: Uuid,
    /// The section of the portal that the view belongs to.
    pub section: Option<String>,
    /// The rules of the view, by name.
    pub rules: Vec<String>,
    /// Whether each of them is satisfied.
    pub holds: Vec<bool>,
}

impl Visible for RulesRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.is_staff()
            && viewer.permissions.contains(Permission::AccessExplain)
            && viewer.may_see_project(self.company_id, self.project_id)
    }
}

/// The rules of these views for these memberships and rows.
///
/// # Errors
///
/// [`StoreError`] if the query fails, or the viewer's role view has no explanations.
pub async fn rules_of_records(
    session: &ReadSession,
    memberships: Vec<ProjectMembershipId>,
    views: Vec<&'static str>,
    records: Vec<Uuid>,
) -> Result<Vec<RulesRow>, StoreError> {
    let rows = explained_rules::table
        .filter(explained_rules::membership_id.eq_any(memberships))
        .filter(explained_rules::view_name.eq_any(views))
        .filter(explained_rules::record_id.eq_any(records));
    session.load(rows.select(RulesRow::as_select())).await
}
