//! Starts a thread.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, ProjectId, ProjectMembershipId, TeamMemberId, ThreadId};
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use portico_core::portal::Feature;
use portico_core::refusal::RefusalCode;
use portico_store::memberships::{Author, trade_membership};
use portico_store::messages::{Commented, NewThread, commented_record, insert_thread};
use uuid::Uuid;

use super::files::{MessageFiles, attach};
use super::writing::{body, check_readers, check_writing, event, mentioned, post};
use crate::member_action::{MemberAction, Named, author, check_section, perform};
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
    /// The title; for threads about the project only.
    pub title: Option<String>,
    /// The text of the first message.
    pub body: String,
    /// Members of the project's team whom the message mentions.
    pub mentions: Vec<TeamMemberId>,
    /// Files to attach to the first message.
    #[serde(skip_serializing_if = "MessageFiles::is_empty")]
    pub files: MessageFiles,
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

    /// The record of the thread. A thread about the project has a title; another record has one thread for each audience.
    async fn subject_of(
        &self,
        work: &mut Work<'_>,
        company: CompanyId,
        partner: Option<ProjectMembershipId>,
        has_title: bool,
    ) -> Result<(ThreadSubject, Uuid), ActionError> {
        const MEMBER: &str = "recordId";
        let of_project = (ThreadSubject::Project, self.project.0);
        let subject = self.subject.unwrap_or(of_project);
        if subject == of_project {
            return if has_title {
                Ok(of_project)
            } else {
                Err(Refusal::missing("title", "is required for a thread that is about the project").into())
            };
        }
        if !self.sees_subject || subject.0 == ThreadSubject::Project {
            return Err(Refusal::not_found(MEMBER).into());
        }
        // SCH-8: clients neither read nor write comments on the schedule.
        if (subject.0, self.audience) == (ThreadSubject::Task, ThreadAudience::Client) {
            let message =
                "is a task, on which staff and trade partners alone comment: omit it to write about the project";
            return Err(Refusal::of(RefusalCode::Invalid, MEMBER, message).into());
        }
        if has_title {
            let message = "is for threads about the project only: omit it";
            return Err(Refusal::of(RefusalCode::Invalid, "title", message).into());
        }
        let place = (company, self.project);
        match commented_record(work.connection(), place, subject, (self.audience, partner)).await? {
            Commented::NoRecord => Err(Refusal::not_found(MEMBER).into()),
            Commented::Yes => {
                let message = "has a thread for this audience already: post a message in it";
                Err(Refusal::of(RefusalCode::Taken, MEMBER, message).into())
            }
            Commented::No => Ok(subject),
        }
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
        let member = if partner.is_some() { "tradeId" } else { "audience" };
        check_readers(work, &author, (company, self.project), (self.audience, partner), member).await?;
        let (mut title, mut text) = (None, String::new());
        let given = self.title.as_deref().map(|title| check::text("title", title, check::NAME));
        check::all([
            given.map_or(Ok(()), |given| given.map(|line| title = Some(line))),
            body(&self.body).map(|body| text = body),
        ])?;
        let readers = (self.audience, partner);
        let files = self.files.checked(work, (company, self.project), readers, author.kind).await?;
        let subject = self.subject_of(work, company, partner, title.is_some()).await?;
        let mentioned = mentioned(work, &author, self.project, self.audience, &self.mentions).await?;
        let (project, audience, kind) = (self.project, self.audience, ThreadKind::Discussion);
        let (new, now) = (NewThread { company, project, audience, kind, partner, subject, title }, work.now());
        let thread = insert_thread(work.connection(), new, now).await?;
        let first = post(work, &thread, &author, text, mentioned).await?;
        attach(work, &thread, first, files).await?;
        let kinds = (ActivityKind::ThreadStarted, ActivityKind::InternalThreadStarted);
        work.record(event(kinds, &thread, (SubjectKind::Thread, thread.id))).await?;
        work.answer(&self.idempotency_key, &thread.id).await?;
        Ok(thread.id)
    }
}
