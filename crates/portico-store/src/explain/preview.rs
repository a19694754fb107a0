//! What other portal settings would show and hide.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Uuid as SqlUuid};
use portico_core::access::{Permission, Viewer};
use portico_core::id::{CompanyId, ProjectId};
use portico_core::portal::{Feature, ScheduleShare};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::visible::Visible;
use crate::{ReadSession, StoreError};

/// Portal settings to preview.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct PreviewSettings {
    /// The enabled sections.
    pub features: Vec<Feature>,
    /// The sharing of the schedule.
    pub schedule_share: ScheduleShare,
    /// Whether the baseline of the shared schedule is shared.
    pub shares_baseline: bool,
}

/// A row whose visibility to clients would change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PreviewRow {
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// The clients' view.
    pub view_name: String,
    /// Whether it would be shown rather than hidden.
    pub is_shown: bool,
    /// The number of rows of the view that would change this way.
    pub count: i64,
    /// The row.
    pub record_id: Uuid,
    /// The title, if it has one.
    pub title: Option<String>,
}

impl Visible for PreviewRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        viewer.is_staff()
            && viewer.permissions.contains(Permission::ProjectsWrite)
            && viewer.may_see_project(self.company_id, self.project_id)
    }
}

/// The columns: company, view, whether it would be shown, number, row, title.
type Read = (CompanyId, String, bool, i64, Uuid, Option<String>);

/// Changes for a project's clients: the first rows of each view and direction, by title.
///
/// # Errors
///
/// [`StoreError`] if the query fails, or the viewer's role view has no previews.
pub async fn preview_of_project(
    session: &ReadSession,
    project_id: ProjectId,
    supposed: &PreviewSettings,
    first: u32,
) -> Result<Vec<PreviewRow>, StoreError> {
    let settings = serde_json::to_string(supposed).map_err(|error| StoreError::Failed(error.to_string()))?;
    session.suppose(settings).await?;
    let rows: Vec<Read> = session.load(Changes { project: project_id.0, first: first.into() }).await?;
    let row = |(company_id, view_name, is_shown, count, record_id, title): Read| PreviewRow {
        company_id,
        project_id,
        view_name,
        is_shown,
        count,
        record_id,
        title,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Rows visible before or after, but not both, with their number, limited to the first ones.
#[derive(Debug, Clone, QueryId)]
struct Changes {
    project: Uuid,
    first: i64,
}

impl QueryFragment<Pg> for Changes {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT company_id, view_name, is_shown, count, record_id, title FROM (\
                SELECT changed.*, count(*) OVER (PARTITION BY view_name, is_shown), \
                    row_number() OVER (PARTITION BY view_name, is_shown ORDER BY lower(title), record_id) AS place \
                FROM (\
                    SELECT company_id, view_name, record_id, min(title) AS title, bool_or(is_after) AS is_shown \
                    FROM previewed_records WHERE is_visible AND project_id = ",
        );
        out.push_bind_param::<SqlUuid, _>(&self.project)?;
        out.push_sql(
            " GROUP BY company_id, view_name, record_id HAVING count(*) = 1) AS changed\
            ) AS placed WHERE place <= ",
        );
        out.push_bind_param::<BigInt, _>(&self.first)?;
        out.push_sql(" ORDER BY view_name, is_shown, place");
        Ok(())
    }
}

impl Query for Changes {
    type SqlType = (SqlUuid, Text, Bool, BigInt, SqlUuid, Nullable<Text>);
}
