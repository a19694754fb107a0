//! Removes a member of staff.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::StaffMembershipId;
use portico_store::company::{leave_teams, remove_staff};
use portico_store::links::void_links_of;

use super::staff_access::Manager;
use super::staff_invite::found;
use crate::{Action, ActionError, ActivityEvent, Work};

/// Removes a member of staff, or withdraws a pending invitation. Access ends at once: sessions, keys and links. The member leaves
/// the teams of all projects that are not archived. Their past activity stays.
#[derive(Debug, Clone, Copy)]
pub struct StaffRemove {
    /// The membership.
    pub membership: StaffMembershipId,
}

impl Action for StaffRemove {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let manager = Manager::of(work).await?;
        let member = found(work, &manager, self.membership).await?;
        manager.keeps_an_owner(work, &member, "id").await?;
        let now = work.now();
        remove_staff(work.connection(), member.id, now).await?;
        if let Some(sent) = &member.invitation {
            void_links_of(work.connection(), sent.id, now).await?;
        }
        let company = manager.staff.company;
        // After the removal: a concurrent request that adds the member to a team holds the membership's lock.
        let mut left = leave_teams(work.connection(), company, member.id).await?;
        // In the order of projects, in which entries lock their counters.
        left.sort_unstable();
        for (project, team_member) in left {
            let event = ActivityEvent::new(ActivityKind::TeamMemberRemoved).in_project(company, project);
            work.record(event.to(SubjectKind::TeamMember, team_member)).await?;
        }
        let event = ActivityEvent::new(ActivityKind::StaffRemoved).in_company(company);
        work.record(event.to(SubjectKind::StaffMembership, member.id)).await
    }
}
