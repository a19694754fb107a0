//! Sets the photo that stands for a project.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::files::{FileKind, FileState};
use portico_core::id::{FileId, ProjectId};
use portico_core::refusal::RefusalCode;
use portico_store::files::{cover_of, lock_file, set_cover};

use crate::projects::open_project;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Sets the cover of a project. Who sees the photo stays as it is.
#[derive(Debug, Clone, Copy)]
pub struct CoverPhotoSet {
    /// The project.
    pub project: ProjectId,
    /// The photo; `None` removes the cover.
    pub photo: Option<FileId>,
}

impl Action for CoverPhotoSet {
    type Done = ProjectId;

    async fn write(&self, work: &mut Work<'_>) -> Result<ProjectId, ActionError> {
        const MEMBER: &str = "fileId";
        let staff = work.staff(Permission::DocumentsManage).await?;
        open_project(work, &staff, self.project, "projectId").await?;
        if let Some(photo) = self.photo {
            let file = lock_file(work.connection(), staff.company, photo).await?;
            let file = file.filter(|file| file.project == self.project && file.state != FileState::Deleted);
            let file = file.ok_or_else(|| Refusal::not_found(MEMBER))?;
            if file.state == FileState::Quarantined {
                return Err(Refusal::of(RefusalCode::InvalidState, MEMBER, "is quarantined: release it first").into());
            }
            if file.kind != FileKind::Photo {
                return Err(Refusal::of(RefusalCode::Invalid, MEMBER, "is not a photo: choose a photo").into());
            }
        }
        if cover_of(work.connection(), self.project).await? == self.photo {
            return Ok(self.project);
        }
        set_cover(work.connection(), (staff.company, self.project), self.photo).await?;
        let event = ActivityEvent::new(ActivityKind::CoverPhotoChanged)
            .in_project(staff.company, self.project)
            .to(SubjectKind::Project, self.project);
        work.record(event).await?;
        Ok(self.project)
    }
}
