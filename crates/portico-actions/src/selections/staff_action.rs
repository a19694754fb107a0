//! What staff do with selections: the common part.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{ProjectId, SelectionId};
use portico_core::money::Currency;
use portico_core::selections::SelectionAction;
use portico_store::selections::{LockedSelection, lock_selection, project_of_selection};
use portico_store::sessions::ActingStaff;

use super::client_action::{check_state, check_version};
use crate::projects::open_project;
use crate::{ActionError, ActivityEvent, Refusal, Work};

/// A selection that staff change, locked with its project.
pub(super) struct StaffSelection {
    pub(super) staff: ActingStaff,
    pub(super) project: ProjectId,
    pub(super) currency: Currency,
    pub(super) found: LockedSelection,
}

/// Locks a selection for an action of staff. `member` names it in the input.
pub(super) async fn lock(
    work: &mut Work<'_>,
    (id, member): (SelectionId, &str),
    action: SelectionAction,
    expected_version: Option<i32>,
) -> Result<StaffSelection, ActionError> {
    let staff = work.staff(Permission::SelectionsManage).await?;
    let not_found = || Refusal::not_found(member);
    let project = project_of_selection(work.connection(), staff.company, id).await?.ok_or_else(not_found)?;
    let currency = open_project(work, &staff, project, member).await?.currency;
    let found = lock_selection(work.connection(), staff.company, project, id).await?.ok_or_else(not_found)?;
    check_state(action, found.row.status).map_err(|refusal| refusal.at(member))?;
    if let Some(expected) = expected_version {
        check_version(&found, expected)?;
    }
    Ok(StaffSelection { staff, project, currency, found })
}

impl StaffSelection {
    /// An event about the selection.
    pub(super) fn event(&self, kind: ActivityKind, id: SelectionId) -> ActivityEvent {
        ActivityEvent::new(kind).in_project(self.staff.company, self.project).to(SubjectKind::Selection, id)
    }
}
