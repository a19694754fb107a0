//! Creates a calendar feed, or replaces it.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, ProjectId};
use portico_core::links::FeedNonce;
use portico_core::portal::Feature;
use portico_store::calendar::{feed_membership, replace_feed};

use crate::member_action::{MemberAction, Named, author, check_section, perform};
use crate::{ActionError, ActivityEvent, Actor, Work};

/// Creates the caller's calendar feed of a project (SCH-12). The address of a former one is refused from then on.
#[derive(Debug, Clone, serde::Serialize)]
pub struct CalendarFeedCreate {
    /// The project.
    pub project: ProjectId,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl CalendarFeedCreate {
    /// Creates the feed.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<ProjectId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for CalendarFeedCreate {
    type Done = ProjectId;

    fn named(&self) -> Named {
        Named::Project(self.project, "projectId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<ProjectId, ActionError> {
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let person = work.person().await?;
        let place = (company, self.project);
        let membership = feed_membership(work.connection(), place, (person.identity, person.role)).await?;
        let membership = membership.ok_or_else(|| self.named().not_found())?;
        check_section(&author(work, company, self.project, self.named()).await?, Feature::Schedule)?;
        let mut random = [0; FeedNonce::BYTES];
        getrandom::fill(&mut random)?;
        let now = work.now();
        replace_feed(work.connection(), place, membership, FeedNonce::new(random), now).await?;
        let event = ActivityEvent::new(ActivityKind::CalendarFeedCreated).in_project(company, self.project);
        work.record(event.to(SubjectKind::ProjectMembership, membership)).await?;
        work.answer(&self.idempotency_key, &self.project).await?;
        Ok(self.project)
    }
}
