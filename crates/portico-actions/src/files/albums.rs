//! Albums of a project.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{AlbumId, ProjectId};
use portico_core::limits::caps;
use portico_core::refusal::RefusalCode;
use portico_store::files::{AlbumChange, albums_like, change_album, delete_album, insert_album, project_of_album};
use serde_json::json;

use crate::projects::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Maximum number of a project's albums.
const MAX_ALBUMS: usize = caps::ALBUMS as usize;

/// Adds or changes an album of a project.
#[derive(Debug, Clone)]
pub struct AlbumSave {
    /// The album to change; `None` adds one.
    pub id: Option<AlbumId>,
    /// The project; required to add an album.
    pub project: Option<ProjectId>,
    /// The name; required to add an album.
    pub name: Option<String>,
    /// Whether clients see it; `None` keeps it, and shares a new album.
    pub shared_with_clients: Option<bool>,
    /// The sort order; `None` keeps it, and puts a new album last.
    pub sort: Option<i32>,
}

/// Rejects a name that another album of the project has. Returns the number of its albums.
async fn refuse_taken(
    work: &mut Work<'_>,
    project: ProjectId,
    name: &str,
    but: Option<AlbumId>,
) -> Result<usize, ActionError> {
    let (count, is_taken) = albums_like(work.connection(), project, name, but).await?;
    if is_taken {
        let message = "is in use by another album of the project: choose another name";
        return Err(Refusal::of(RefusalCode::Taken, "name", message).into());
    }
    Ok(count)
}

impl Action for AlbumSave {
    type Done = AlbumId;

    async fn write(&self, work: &mut Work<'_>) -> Result<AlbumId, ActionError> {
        let staff = work.staff(Permission::DocumentsManage).await?;
        let name = self.name.as_deref().map(|name| check::name("name", name)).transpose()?;
        let change = AlbumChange { name, shared_with_clients: self.shared_with_clients, sort: self.sort };
        let (project, id, changed) = match self.id {
            Some(id) => {
                let project = project_of_album(work.connection(), staff.company, id).await?;
                let project = project.ok_or_else(|| Refusal::not_found("id"))?;
                if self.project.is_some_and(|named| named != project) {
                    let message = "cannot be changed: omit it";
                    return Err(Refusal::of(RefusalCode::Invalid, "projectId", message).into());
                }
                open_project(work, &staff, project, "id").await?;
                if let Some(name) = &change.name {
                    refuse_taken(work, project, name, Some(id)).await?;
                }
                let changed = change_album(work.connection(), id, change).await?.names;
                (project, id, changed)
            }
            None => {
                let project =
                    self.project.ok_or_else(|| Refusal::missing("projectId", "is required to add an album"))?;
                open_project(work, &staff, project, "projectId").await?;
                let changed = change.clone().of_new_row().names;
                let name =
                    change.name.as_deref().ok_or_else(|| Refusal::missing("name", "is required to add an album"))?;
                if refuse_taken(work, project, name, None).await? >= MAX_ALBUMS {
                    let message = format!("a project has at most {MAX_ALBUMS} albums: delete one first");
                    return Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into());
                }
                let id = insert_album(work.connection(), (staff.company, project), change).await?;
                (project, id, changed)
            }
        };
        let event = ActivityEvent::new(ActivityKind::AlbumSaved)
            .in_project(staff.company, project)
            .to(SubjectKind::Album, id)
            .with(json!({ "isNew": self.id.is_none() }));
        work.record_changes(event, &changed).await?;
        Ok(id)
    }
}

/// Deletes an album. Its files remain, without an album.
#[derive(Debug, Clone, Copy)]
pub struct AlbumDelete {
    /// The album.
    pub id: AlbumId,
}

impl Action for AlbumDelete {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        let staff = work.staff(Permission::DocumentsManage).await?;
        let project = project_of_album(work.connection(), staff.company, self.id).await?;
        let project = project.ok_or_else(|| Refusal::not_found("id"))?;
        open_project(work, &staff, project, "id").await?;
        delete_album(work.connection(), self.id).await?;
        let event = ActivityEvent::new(ActivityKind::AlbumDeleted)
            .in_project(staff.company, project)
            .to(SubjectKind::Album, self.id);
        work.record(event).await?;
        Ok(project)
    }
}
