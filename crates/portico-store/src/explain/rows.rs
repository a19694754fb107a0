//! Rows of explanations.

use portico_core::access::{Permission, Viewer};
use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId};
use portico_store_macros::role_view;
use uuid::Uuid;

use crate::visible::Visible;

/// The rules of a view, evaluated for one membership and one row.
#[role_view(explained_rules(membership_id, view_name, record_id))]
pub struct RulesRow {
    /// The membership in the project.
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
