//! Starts a thread.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId, TeamMemberId, ThreadId};
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use portico_core::portal::Feature;
use portico_core::refusal::RefusalCode;
use portico_store::memberships::trade_membership;
use portico_store::messages::{Author, NewThread, has_record, insert_thread};
use uuid::Uuid;

use super::member_action::{MemberAction, Named, perform};
use super::writing::{author, body, check_section, check_writing, event, mentioned, post};
use crate::{ActionError, Actor, Refusal, Work, check};

/// Starts a thread with its first message (MSG-1). The audience never changes.
#[derive(Debug, Clone, serde::Serialize)]
pub struct ThreadStart {
    /// The project.
    pub project: ProjectId,
    /// The audience.
    pub audience: ThreadAudience,
    /// The trade partner, if staff write to one.
    pub partner: Option<ProjectMembershipId>,
    /// The record that the thread is about; `None` for the project.
    pub subject: Option<(ThreadSubject, Uuid)>,
    /// Whether the caller sees that record. Not part of the input: a retry returns the first result also after it was hidden.
    #[serde(skip)]
    pub sees_subject: bool,
    /// The title; required for a thread about the project.
    pub title: Option<String>,
    /// The text of the first message.
    pub body: String,
    /// Members of the project's team whom the message mentions.
    pub mentions: Vec<TeamMemberId>,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl ThreadStart {
    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<ThreadId, ActionError> {
        perform(actor, &self).await
    }

    /// The trade partner of the thread; none for other audiences.
    async fn partner_of(
        &self,
        work: &mut Work<'_>,
        author: &Author,
        company: CompanyId,
    ) -> Result<Option<ProjectMembershipId>, ActionError> {
        const MEMBER: &str = "tradeId";
        match (self.audience, self.partner) {
            (ThreadAudience::Trade, None) if author.kind == AuthorKind::Trade => Ok(author.partner),
            (ThreadAudience::Trade, None) => {
                Err(Refusal::missing(MEMBER, "is required for the audience TRADE: name the trade partner").into())
            }
            (ThreadAudience::Trade, Some(partner)) => {
                let current = trade_membership(work.connection(), company, partner).await?;
                let current = current.filter(|membership| membership.project == self.project);
                Ok(Some(current.ok_or_else(|| Refusal::not_found(MEMBER))?.id))
            }
            (_, Some(_)) => {
                let message = "is for the audience TRADE only: omit it, or choose that audience";
                Err(Refusal::of(RefusalCode::Invalid, MEMBER, message).into())
            }
            (_, None) => Ok(None),
        }
    }
}

impl MemberAction for ThreadStart {
    type Done = ThreadId;

    fn named(&self) -> Named {
        Named::Project(self.project, "projectId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<ThreadId, ActionError> {
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let author = author(work, company, self.project, self.named()).await?;
        check_section(&author, Feature::Messages)?;
        check_writing(work, &author, self.audience).await?;
        let partner = self.partner_of(work, &author, company).await?;
        if !author.sees(self.audience, partner) {
            let message = "is not an audience that you can write to";
            return Err(Refusal::of(RefusalCode::Invalid, "audience", message).into());
        }
        let (mut title, mut text) = (None, String::new());
        let given = self.title.as_deref().map(|title| check::text("title", title, check::NAME));
        check::all([
            given.map_or(Ok(()), |given| given.map(|line| title = Some(line))),
            body(&self.body).map(|body| text = body),
        ])?;
        let subject = self.subject.unwrap_or((ThreadSubject::Project, self.project.0));
        if subject.0 == ThreadSubject::Project && title.is_none() {
            return Err(Refusal::missing("title", "is required for a thread that is about the project").into());
        }
        let is_known = self.subject.is_none() || self.sees_subject;
        if !is_known || !has_record(work.connection(), company, self.project, subject.0, subject.1).await? {
            return Err(Refusal::not_found("recordId").into());
        }
        let mentioned = mentioned(work, &author, self.project, self.audience, &self.mentions).await?;
        let (project, audience, kind) = (self.project, self.audience, ThreadKind::Discussion);
        let (new, now) = (NewThread { company, project, audience, kind, partner, subject, title }, work.now());
        let thread = insert_thread(work.connection(), new, now).await?;
        post(work, &thread, &author, text, mentioned).await?;
        let kinds = (ActivityKind::ThreadStarted, ActivityKind::InternalThreadStarted);
        work.record(event(kinds, &thread, (SubjectKind::Thread, thread.id))).await?;
        work.answer(&self.idempotency_key, &thread.id).await?;
        Ok(thread.id)
    }
}
