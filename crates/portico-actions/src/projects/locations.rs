//! A project's rooms and other locations (ORG-4).

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{LocationId, ProjectId};
use portico_core::limits::lists;
use portico_core::people::Permission;
use portico_core::refusal::RefusalCode;
use portico_store::projects::{
    LocationChange, change_location, delete_location, insert_location, locations_like, project_of_location,
    selections_at,
};
use serde_json::json;

use super::open_project;
use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// Locations that a project can have.
const MAX_LOCATIONS: usize = lists::LOCATIONS as usize;

/// Adds a location to a project, or changes one.
#[derive(Debug, Clone)]
pub struct LocationSave {
    /// The location to be changed; none adds one.
    pub id: Option<LocationId>,
    /// The project, which a new location needs.
    pub project: Option<ProjectId>,
    /// The name, which a new location needs.
    pub name: Option<String>,
    /// The sort order; none keeps it, and puts a new location last.
    pub sort: Option<i32>,
}

/// Refuses a name that another location of the project has; the number of its locations.
async fn refuse_taken(
    work: &mut Work<'_>,
    project: ProjectId,
    name: &str,
    but: Option<LocationId>,
) -> Result<usize, ActionError> {
    let (count, is_taken) = locations_like(work.connection(), project, name, but).await?;
    if is_taken {
        let message = "this project has a location of this name already";
        return Err(Refusal::of(RefusalCode::Taken, "name", message).into());
    }
    Ok(count)
}

impl Action for LocationSave {
    type Done = LocationId;

    async fn write(&self, work: &mut Work<'_>) -> Result<LocationId, ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        let name = self.name.as_deref().map(|name| check::name("name", name)).transpose()?;
        let (project, id) = match self.id {
            Some(id) => {
                let project = project_of_location(work.connection(), staff.company, id).await?;
                let project = project.ok_or_else(|| Refusal::not_found("id"))?;
                if self.project.is_some_and(|named| named != project) {
                    let message = "cannot be changed; omit it";
                    return Err(Refusal::of(RefusalCode::Invalid, "projectId", message).into());
                }
                open_project(work, &staff, project, "id").await?;
                if let Some(name) = &name {
                    refuse_taken(work, project, name, Some(id)).await?;
                }
                change_location(work.connection(), id, LocationChange { name, sort: self.sort }).await?;
                (project, id)
            }
            None => {
                let project = self.project.ok_or_else(|| Refusal::blank("projectId"))?;
                open_project(work, &staff, project, "projectId").await?;
                let name = name.ok_or_else(|| Refusal::blank("name"))?;
                if refuse_taken(work, project, &name, None).await? >= MAX_LOCATIONS {
                    let message = format!("a project has at most {MAX_LOCATIONS} locations: remove one first");
                    return Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into());
                }
                (project, insert_location(work.connection(), staff.company, project, name, self.sort).await?)
            }
        };
        let happened = Happened::new(ActivityKind::LocationSaved)
            .in_project(staff.company, project)
            .to(SubjectKind::Location, id)
            .with(json!({ "isNew": self.id.is_none() }));
        work.record(happened).await?;
        Ok(id)
    }
}

/// Removes a location from its project. Where selections are made for it, that is refused unless the caller says that they are to
/// be left without a location.
#[derive(Debug, Clone, Copy)]
pub struct LocationRemove {
    /// The location.
    pub id: LocationId,
    /// Whether its selections are to be left without a location.
    pub detaches_selections: bool,
}

impl Action for LocationRemove {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        let project = project_of_location(work.connection(), staff.company, self.id).await?;
        let project = project.ok_or_else(|| Refusal::not_found("id"))?;
        open_project(work, &staff, project, "id").await?;
        let selections = selections_at(work.connection(), self.id).await?;
        if selections > 0 && !self.detaches_selections {
            let message = format!(
                "selections are made for this location: {selections}; set `detachSelections` to leave them without one"
            );
            return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
        }
        delete_location(work.connection(), self.id).await?;
        let happened = Happened::new(ActivityKind::LocationRemoved)
            .in_project(staff.company, project)
            .to(SubjectKind::Location, self.id)
            .with(json!({ "selectionsDetached": selections }));
        work.record(happened).await?;
        Ok(project)
    }
}
