//! The caller's own membership in a project.

use async_graphql::{ID, SimpleObject};
use portico_core::access::{Membership, Role, Viewer};
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;

use crate::ids;

/// Your membership in a project, with your rights.
#[gated(CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ViewerMembership {
    /// Membership ID, as in `Project.clients`; cannot be fetched with `node`.
    id: ID,
    /// Whether you are the primary client of the project.
    is_primary: bool,
    /// Whether you may make payments.
    can_pay: bool,
    /// Whether you may see status reports.
    can_see_status: bool,
    /// Whether you may approve.
    can_approve: bool,
}

impl ViewerMembership {
    /// The membership of a client; none for others.
    pub(crate) fn of(viewer: &Viewer, project: ProjectId) -> Option<Self> {
        let own = viewer.membership_in(project).filter(|_| viewer.role == Some(Role::Client))?;
        let &Membership { id, project: _, can_see_status, can_pay, can_approve, is_primary } = own;
        Some(Self { id: ids::global(Tag::PROJECT_MEMBERSHIP, id.0), is_primary, can_pay, can_see_status, can_approve })
    }
}
