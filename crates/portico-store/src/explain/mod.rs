//! Visibility rules of rows for outsiders, and the effect of other portal settings.
//!
//! Both read copies of outsiders' role views, which `migrations/role_views/explain.sql` derives from those views.

mod preview;
mod rows;

use diesel::prelude::*;
use portico_core::id::ProjectMembershipId;
use uuid::Uuid;

pub use preview::{PreviewRow, PreviewSettings, preview_of_project};
pub use rows::RulesRow;

use crate::{ReadSession, StoreError};
use rows::explained_rules;

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
