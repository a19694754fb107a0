//! Projects, with their locations and teams.

mod draft;
mod figures;
mod locations;
mod project_create;
mod project_update;
mod team;

pub(crate) use draft::CheckedProject;
pub use draft::{AddressDraft, ClientOfProject, ProjectDraft};
pub use figures::{MoneyDraft, ProjectFigures};
pub use locations::{LocationRemove, LocationSave};
pub use project_create::ProjectCreate;
pub use project_update::{AddressChange, ProjectUpdate};
pub use team::{TeamMemberRemove, TeamMemberSave};

use portico_core::id::ProjectId;
use portico_core::projects::ProjectStatus;
use portico_core::refusal::RefusalCode;
use portico_store::projects::{OwnProject, own_project};
use portico_store::sessions::ActingStaff;

use crate::refusal::ARCHIVED;
use crate::{ActionError, Refusal, Work};

/// The company's project, locked, if it is not archived. `member` is the input that names it.
pub(crate) async fn open_project(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    id: ProjectId,
    member: &str,
) -> Result<OwnProject, ActionError> {
    let project = own_project(work.connection(), staff.company, id).await?;
    let project = project.ok_or_else(|| Refusal::not_found(member))?;
    if project.status == ProjectStatus::Archived {
        return Err(Refusal::of(RefusalCode::ProjectClosed, member, ARCHIVED).into());
    }
    Ok(project)
}
