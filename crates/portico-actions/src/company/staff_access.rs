//! Rules for inviting, changing and removing staff (ORG-2).

use portico_core::access::{Permission, PermissionSet, Role};
use portico_core::refusal::RefusalCode;
use portico_store::company::{CurrentStaff, count_other_owners, lock_company};
use portico_store::sessions::ActingStaff;

use crate::{ActionError, Refusal, Work};

/// A member of staff who manages staff.
pub(super) struct Manager {
    pub(super) staff: ActingStaff,
    is_owner: bool,
}

impl Manager {
    /// The acting member of staff, with the company locked: changes of its staff are serialized, and the actor's rights are read
    /// after the lock.
    pub(super) async fn of(work: &mut Work<'_>) -> Result<Self, ActionError> {
        let company = work.staff(Permission::StaffManage).await?.company;
        lock_company(work.connection(), company).await?;
        work.forget_person();
        let staff = work.staff(Permission::StaffManage).await?;
        let is_owner = work.person().await?.role == Role::Owner;
        Ok(Self { staff, is_owner })
    }

    /// Rejects the role of owner unless the actor is an owner.
    pub(super) fn may_give_role(&self, role: Role) -> Result<(), Refusal> {
        if role == Role::Owner && !self.is_owner {
            let message = "can be granted by owners only: ask an owner";
            return Err(Refusal::of(RefusalCode::ExceedsOwnPermissions, "role", message));
        }
        Ok(())
    }

    /// Rejects permissions that the actor does not have.
    pub(super) fn may_give(&self, permissions: PermissionSet) -> Result<(), Refusal> {
        let own = self.staff.permissions;
        let more = permissions.iter().find(|permission| !own.contains(*permission));
        more.map_or(Ok(()), |more| {
            let message = format!("must not include {more}, which you do not have: ask an owner");
            Err(Refusal::of(RefusalCode::ExceedsOwnPermissions, "permissions", message))
        })
    }

    /// Rejects changes of an owner unless the actor is an owner.
    pub(super) fn may_change(&self, member: &CurrentStaff) -> Result<(), Refusal> {
        if member.role == Role::Owner && !self.is_owner {
            let message = "is an owner, whom only owners can change or remove: ask an owner";
            return Err(Refusal::of(RefusalCode::ExceedsOwnPermissions, "id", message));
        }
        Ok(())
    }

    /// Rejects changes that leave the company without an owner who can sign in.
    pub(super) async fn keeps_an_owner(
        &self,
        work: &mut Work<'_>,
        leaving: &CurrentStaff,
        field: &str,
    ) -> Result<(), ActionError> {
        if leaving.role != Role::Owner
            || count_other_owners(work.connection(), self.staff.company, leaving.id).await? > 0
        {
            return Ok(());
        }
        let message = "the last owner cannot be removed or demoted: make another member an owner first, and wait until they accept";
        Err(Refusal::of(RefusalCode::InvalidState, field, message).into())
    }
}
