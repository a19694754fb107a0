//! Revokes a calendar feed.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, ProjectId};
use portico_core::refusal::RefusalCode;
use portico_store::calendar::{delete_feed, feed_membership};

use crate::member_action::{MemberAction, Named, perform};
use crate::{ActionError, ActivityEvent, Actor, Refusal, Work};

/// Revokes the caller's calendar feed of a project: its address is refused from then on (SCH-12).
#[derive(Debug, Clone, Copy)]
pub struct CalendarFeedRevoke {
    /// The project.
    pub project: ProjectId,
}

impl CalendarFeedRevoke {
    /// Revokes the feed.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<ProjectId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for CalendarFeedRevoke {
    type Done = ProjectId;

    fn named(&self) -> Named {
        Named::Project(self.project, "projectId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<ProjectId, ActionError> {
        let person = work.person().await?;
        let place = (company, self.project);
        let membership = feed_membership(work.connection(), place, (person.identity, person.role)).await?;
        let membership = membership.ok_or_else(|| self.named().not_found())?;
        if !delete_feed(work.connection(), membership).await? {
            let message = "you have no calendar feed of this project: there is nothing to revoke";
            return Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into());
        }
        let event = ActivityEvent::new(ActivityKind::CalendarFeedRevoked).in_project(company, self.project);
        work.record(event.to(SubjectKind::ProjectMembership, membership)).await?;
        Ok(self.project)
    }
}
