//! Sends feedback from the help section.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::{CompanyId, ProjectId, ThreadId};
use portico_core::messages::{AuthorKind, ThreadAudience, ThreadKind, ThreadSubject};
use portico_core::portal::Feature;
use portico_store::messages::{NewThread, insert_thread};

use super::files::{MessageFiles, attach};
use super::writing::{body, check_writing, event, post};
use crate::member_action::{MemberAction, Named, author, check_section, perform};
use crate::{ActionError, Actor, Work};

/// Sends a client's feedback, as a thread that staff answer (PRT-16).
#[derive(Debug, Clone, serde::Serialize)]
pub struct FeedbackSend {
    /// The project from whose portal it is sent.
    pub project: ProjectId,
    /// The text.
    pub body: String,
    /// Files to attach.
    #[serde(skip_serializing_if = "MessageFiles::is_empty")]
    pub files: MessageFiles,
    /// Idempotency key.
    pub idempotency_key: String,
}

impl FeedbackSend {
    /// Sends the feedback.
    ///
    /// # Errors
    ///
    /// [`ActionError`]; then nothing was written.
    pub async fn run(self, actor: &Actor) -> Result<ThreadId, ActionError> {
        perform(actor, &self).await
    }
}

impl MemberAction for FeedbackSend {
    type Done = ThreadId;

    fn named(&self) -> Named {
        Named::Project(self.project, "projectId")
    }

    async fn write_in(&self, work: &mut Work<'_>, company: CompanyId) -> Result<ThreadId, ActionError> {
        if let Some(known) = work.answered(&self.idempotency_key, self).await? {
            return Ok(known);
        }
        let author = author(work, company, self.project, self.named()).await?;
        if author.kind != AuthorKind::Client {
            return Err(self.named().not_found().into());
        }
        check_section(&author, Feature::Help)?;
        check_writing(work, &author, ThreadAudience::Client).await?;
        let (text, now) = (body(&self.body)?, work.now());
        let readers = (ThreadAudience::Client, None);
        let files = self.files.checked(work, (company, self.project), readers, author.kind).await?;
        let new = NewThread {
            company,
            project: self.project,
            audience: ThreadAudience::Client,
            kind: ThreadKind::Feedback,
            partner: None,
            subject: (ThreadSubject::Project, self.project.0),
            title: None,
        };
        let thread = insert_thread(work.connection(), new, now).await?;
        let message = post(work, &thread, &author, text, Vec::new()).await?;
        attach(work, &thread, message, files).await?;
        let kinds = (ActivityKind::FeedbackSent, ActivityKind::FeedbackSent);
        work.record(event(kinds, &thread, (SubjectKind::Thread, thread.id))).await?;
        work.answer(&self.idempotency_key, &thread.id).await?;
        Ok(thread.id)
    }
}
