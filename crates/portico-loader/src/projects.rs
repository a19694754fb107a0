//! Projects, their locations and their teams.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::generations::Owner;
use portico_core::id::{LocationId, ProjectId, TeamMemberId};
use portico_core::page::{Paged, Slice};
use portico_core::people::{ProjectScope, Viewer, ViewerScope};
use portico_core::projects::ProjectList;
pub use portico_store::projects::{
    LocationRow, ProjectInternalsRow, ProjectRow, TeamMemberInternalsRow, TeamMemberRow,
};
use portico_store::projects::{
    count_projects, internals_of_projects, internals_of_team_members, list_projects, locations_by_id,
    locations_in_projects, locations_of_projects, projects_by_id, team_members_by_id, teams_of_projects,
};
use portico_store::{ReadSession, StoreError, Visible};
use serde::Serialize;

use crate::gather::{loads_many, loads_one, one_each};
use crate::{CachePolicy, Key};

/// A project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub struct ProjectById(pub ProjectId);

impl Key for ProjectById {
    type Value = Option<Arc<ProjectRow>>;

    const KIND: &'static str = "ProjectById";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.0))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let ids: Vec<_> =
            keys.into_iter().map(|key| key.0).filter(|id| may_be_visible(session.viewer(), *id)).collect();
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = projects_by_id(session, ids).await?;
        Ok(one_each(rows, session.viewer(), |row| Self(row.id)))
    }
}

/// Sign-in lists the projects of outsiders and API keys, so other projects need no statement.
fn may_be_visible(viewer: &Viewer, project: ProjectId) -> bool {
    match &viewer.scope {
        ViewerScope::Empty => false,
        ViewerScope::Projects(memberships) => memberships.iter().any(|membership| membership.project == project),
        ViewerScope::Company { scope: ProjectScope::Only(listed), .. } => listed.contains(&project),
        ViewerScope::Company { scope: ProjectScope::All, .. } => true,
    }
}

/// A page of the viewer's projects.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ProjectPage {
    /// The filter and order.
    pub list: ProjectList,
    /// The slice.
    pub slice: Slice,
}

impl Key for ProjectPage {
    type Value = Arc<Paged<Arc<ProjectRow>>>;

    const KIND: &'static str = "ProjectPage";

    fn policy(&self) -> CachePolicy {
        CachePolicy::AllVisible
    }

    // An operation asks for one page; aliases with other arguments are few, and bounded at admission.
    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut pages = HashMap::new();
        for key in keys {
            let rows = list_projects(session, &key.list, &key.slice).await?;
            let own = rows.into_iter().filter(|row| row.visible_to(session.viewer())).map(Arc::new).collect();
            let page = Arc::new(key.slice.cut(own));
            pages.insert(key, page);
        }
        Ok(pages)
    }
}

/// The number of projects in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct ProjectCount(pub ProjectList);

impl Key for ProjectCount {
    type Value = i64;

    const KIND: &'static str = "ProjectCount";

    fn policy(&self) -> CachePolicy {
        CachePolicy::AllVisible
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut counts = HashMap::new();
        for key in keys {
            let count = count_projects(session, &key.0).await?;
            counts.insert(key, count);
        }
        Ok(counts)
    }
}

loads_one! {
    /// Columns of a project for staff only.
    InternalsOfProject(of project) => ProjectInternalsRow, internals_of_projects, by project_id
}
loads_one! {
    /// A location.
    LocationById(LocationId) => LocationRow, locations_by_id, by id
}
loads_one! {
    /// A location of a project.
    LocationIn(in project, LocationId) => LocationRow, locations_in_projects, by id
}
loads_many! {
    /// A project's locations, in sort order.
    LocationsOfProject(of project) => LocationRow, locations_of_projects, by project_id
}
loads_one! {
    /// A team member.
    TeamMemberById(TeamMemberId) => TeamMemberRow, team_members_by_id, by id
}
loads_many! {
    /// A project's team, in sort order.
    TeamOfProject(of project) => TeamMemberRow, teams_of_projects, by project_id
}
loads_one! {
    /// Columns of a team member for owners only.
    InternalsOfTeamMember(in project, TeamMemberId) => TeamMemberInternalsRow, internals_of_team_members, by team_member_id
}
