//! A project's rooms and other locations (ORG-4).

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{LocationId, ProjectId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_store::projects::{
    LocationChange, change_location, delete_location, insert_location, locations_like, project_of_location,
    selections_at,
};
use serde_json::json;

use super::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum number of a project's locations.
const MAX_LOCATIONS: usize = caps::LOCATIONS as usize;

/// Adds or changes a location of a project.
#[derive(Debug, Clone)]
pub struct LocationSave {
    /// The location to change; `None` adds one.
    pub id: Option<LocationId>,
    /// The project; required to add a location.
    pub project: Option<ProjectId>,
    /// The name; required to add a location.
    pub name: Option<String>,
    /// The sort order; `None` keeps it, and puts a new location last.
    pub sort: Option<i32>,
}

/// Rejects a name that another location of the project has. Returns the number of its locations.
async fn refuse_taken(
    work: &mut Work<'_>,
    project: ProjectId,
    name: &str,
    but: Option<LocationId>,
) -> Result<usize, ActionError> {
    let (count, is_taken) = locations_like(work.connection(), project, name, but).await?;
    if is_taken {
        let message = "is in use by another location of the project: choose another name";
        return Err(Refusal::of(RefusalCode::Taken, "name", message).into());
    }
    Ok(count)
}

impl Action for LocationSave {
    type Done = LocationId;

    async fn write(&self, work: &mut Work<'_>) -> Result<LocationId, ActionError> {
        let staff = work.staff(Permission::ProjectsWrite).await?;
        let name = self.name.as_deref().map(|name| check::name("name", name)).transpose()?;
        let change = LocationChange { name, sort: self.sort };
        let (project, id, changed) = match self.id {
            Some(id) => {
                let project = project_of_location(work.connection(), staff.company, id).await?;
                let project = project.ok_or_else(|| Refusal::not_found("id"))?;
                if self.project.is_some_and(|named| named != project) {
                    let message = "cannot be changed: omit it";
                    return Err(Refusal::of(RefusalCode::Invalid, "projectId", message).into());
                }
                open_project(work, &staff, project, "id").await?;
                if let Some(name) = &change.name {
                    refuse_taken(work, project, name, Some(id)).await?;
                }
                let changed = change_location(work.connection(), id, change).await?.names;
                (project, id, changed)
            }
            None => {
                let project =
                    self.project.ok_or_else(|| Refusal::missing("projectId", "is required to add a location"))?;
                open_project(work, &staff, project, "projectId").await?;
                let changed = change.clone().of_new_row().names;
                let name = change.name.ok_or_else(|| Refusal::missing("name", "is required to add a location"))?;
                if refuse_taken(work, project, &name, None).await? >= MAX_LOCATIONS {
                    let message = format!("a project has at most {MAX_LOCATIONS} locations: remove one first");
                    return Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into());
                }
                let id = insert_location(work.connection(), staff.company, project, name, self.sort).await?;
                (project, id, changed)
            }
        };
        let event = ActivityEvent::new(ActivityKind::LocationSaved)
            .in_project(staff.company, project)
            .to(SubjectKind::Location, id)
            .with(json!({ "isNew": self.id.is_none() }));
        work.record_changes(event, &changed).await?;
        Ok(id)
    }
}

/// Removes a location from its project. With selections at the location, the caller must choose to detach them.
#[derive(Debug, Clone, Copy)]
pub struct LocationRemove {
    /// The location.
    pub id: LocationId,
    /// Whether to leave its selections without a location.
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
            let message =
                format!("is used by {selections} selections: set `detachSelections` to leave them without a location");
            return Err(Refusal::of(RefusalCode::InvalidState, "id", message).into());
        }
        delete_location(work.connection(), self.id).await?;
        let event = ActivityEvent::new(ActivityKind::LocationRemoved)
            .in_project(staff.company, project)
            .to(SubjectKind::Location, self.id)
            .with(json!({ "selectionsDetached": selections }));
        work.record(event).await?;
        Ok(project)
    }
}
