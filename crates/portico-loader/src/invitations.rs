//! Invitations to projects.

use portico_core::id::ProjectId;
pub use portico_store::invitations::InvitationRow;
use portico_store::invitations::invitations_of_projects;

use crate::uncached::loads_many_uncached;

loads_many_uncached! {
    /// All invitations to a project, in any state.
    InvitationsOfProject(ProjectId) => InvitationRow, invitations_of_projects, by project_id
}
