//! Changes a member of staff.

use portico_core::access::{Permission, PermissionSet, Role};
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::StaffMembershipId;
use portico_store::Differences;
use portico_store::company::{StaffChange, change_staff};
use serde_json::json;

use super::staff_access::Manager;
use super::staff_invite::found;
use crate::{Action, ActionError, ActivityEvent, Work, check};

/// Changes a current or invited member of staff, from the member's next request on. `None` keeps the current value.
#[derive(Debug, Clone)]
pub struct StaffUpdate {
    /// The membership.
    pub membership: StaffMembershipId,
    /// The job title.
    pub title: Option<String>,
    /// Owner or staff.
    pub role: Option<Role>,
    /// All permissions from now on.
    pub permissions: Option<PermissionSet>,
}

impl Action for StaffUpdate {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let manager = Manager::of(work).await?;
        let member = found(work, &manager, self.membership).await?;
        // Permissions that the member already has are not granted again.
        let added: PermissionSet = self
            .permissions
            .into_iter()
            .flat_map(PermissionSet::iter)
            .filter(|permission| !member.permissions.iter().any(|name| name == permission.as_str()))
            .collect();
        let mut title = None;
        check::all([
            self.title
                .as_deref()
                .map_or(Ok(()), |text| check::text("title", text, check::NAME).map(|text| title = Some(text))),
            self.role.map_or(Ok(()), |role| manager.may_give_role(role)),
            manager.may_give(added),
        ])?;
        if self.role == Some(Role::Staff) {
            manager.keeps_an_owner(work, &member, "role").await?;
        }
        let change = StaffChange { title, role: self.role, permissions: self.permissions };
        let Differences { change, names } = change_staff(work.connection(), member.id, change).await?;
        let permissions = change.permissions.map(|set| set.iter().map(Permission::as_str).collect::<Vec<_>>());
        let event = ActivityEvent::new(ActivityKind::StaffChanged)
            .in_company(manager.staff.company)
            .to(SubjectKind::StaffMembership, member.id)
            .with(json!({ "role": change.role.map(Role::as_str), "permissions": permissions }));
        work.record_changes(event, &names).await
    }
}
