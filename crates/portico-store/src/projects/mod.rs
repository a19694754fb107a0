//! Projects, their locations and their teams.

mod list;
mod rows;
mod setup;
mod writes;

use diesel::prelude::*;
use portico_core::id::{LocationId, ProjectId, TeamMemberId};

pub use list::{count_projects, list_projects};
pub use rows::{
    ChangedProject, InternalsChange, LocationChange, LocationRow, NewProject, NewTeamMember, ProjectInternalsRow,
    ProjectRow, TeamMemberChange, TeamMemberInternalsRow, TeamMemberRow,
};
pub use setup::{
    OwnTeamMember, change_internals, change_location, change_team_member, delete_location, delete_team_member,
    insert_location, insert_team_member, is_on_staff, locations_like, next_in_team, own_team_member,
    project_of_location, selections_at, team_size,
};
pub use writes::{OwnProject, change_project, insert_project, own_project};

use crate::by_key::rows_by_key;
use crate::projects::rows::{locations, project_internals, projects, team_member_internals, team_members};

rows_by_key! {
    /// Projects by id.
    projects_by_id(ProjectId) -> ProjectRow = projects by id;
    /// Columns of projects for staff only.
    internals_of_projects(ProjectId) -> ProjectInternalsRow = project_internals by project_id;
    /// Locations by id.
    locations_by_id(LocationId) -> LocationRow = locations by id;
    /// Locations by id and project.
    locations_in_projects(in project, LocationId) -> LocationRow = locations by id;
    /// Locations of projects, in sort order.
    locations_of_projects(ProjectId) -> LocationRow = locations by project_id in order of sort, id;
    /// Team members by id.
    team_members_by_id(TeamMemberId) -> TeamMemberRow = team_members by id;
    /// Teams of projects, in sort order.
    teams_of_projects(ProjectId) -> TeamMemberRow = team_members by project_id in order of sort, id;
    /// Columns of team members for owners only.
    internals_of_team_members(in project, TeamMemberId) -> TeamMemberInternalsRow = team_member_internals by team_member_id;
}
