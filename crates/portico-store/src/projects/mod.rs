//! Projects, their places and their teams.

mod list;
mod rows;

use diesel::prelude::*;
use portico_core::id::{LocationId, ProjectId, TeamMemberId};

pub use list::{count_projects, list_projects};
pub use rows::{LocationRow, ProjectInternalsRow, ProjectRow, TeamMemberInternalsRow, TeamMemberRow};

use crate::schema::{locations, project_internals, projects, team_member_internals, team_members};
use crate::{SeenBy, StoreError};

/// Projects by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn projects_by_id(seen: &SeenBy, ids: Vec<ProjectId>) -> Result<Vec<ProjectRow>, StoreError> {
    seen.load(projects::table.filter(projects::id.eq_any(ids)).select(ProjectRow::as_select())).await
}

/// What staff alone know of projects.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn internals_of_projects(seen: &SeenBy, ids: Vec<ProjectId>) -> Result<Vec<ProjectInternalsRow>, StoreError> {
    seen.load(
        project_internals::table
            .filter(project_internals::project_id.eq_any(ids))
            .select(ProjectInternalsRow::as_select()),
    )
    .await
}

/// Locations by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn locations_by_id(seen: &SeenBy, ids: Vec<LocationId>) -> Result<Vec<LocationRow>, StoreError> {
    seen.load(locations::table.filter(locations::id.eq_any(ids)).select(LocationRow::as_select())).await
}

/// The locations of projects, in their order.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn locations_of_projects(seen: &SeenBy, ids: Vec<ProjectId>) -> Result<Vec<LocationRow>, StoreError> {
    seen.load(
        locations::table
            .filter(locations::project_id.eq_any(ids))
            .order((locations::sort, locations::id))
            .select(LocationRow::as_select()),
    )
    .await
}

/// Team members by id.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn team_members_by_id(seen: &SeenBy, ids: Vec<TeamMemberId>) -> Result<Vec<TeamMemberRow>, StoreError> {
    seen.load(team_members::table.filter(team_members::id.eq_any(ids)).select(TeamMemberRow::as_select())).await
}

/// The teams of projects, in their order.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn teams_of_projects(seen: &SeenBy, ids: Vec<ProjectId>) -> Result<Vec<TeamMemberRow>, StoreError> {
    seen.load(
        team_members::table
            .filter(team_members::project_id.eq_any(ids))
            .order((team_members::sort, team_members::id))
            .select(TeamMemberRow::as_select()),
    )
    .await
}

/// What owners alone know of team members.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the window does not show this at all.
pub async fn internals_of_team_members(
    seen: &SeenBy,
    ids: Vec<TeamMemberId>,
) -> Result<Vec<TeamMemberInternalsRow>, StoreError> {
    seen.load(
        team_member_internals::table
            .filter(team_member_internals::team_member_id.eq_any(ids))
            .select(TeamMemberInternalsRow::as_select()),
    )
    .await
}
