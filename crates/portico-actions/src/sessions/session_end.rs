//! Ends the caller's sessions.

use portico_core::access::ViewedBy;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::SessionId;
use portico_core::sessions::TokenHash;
use portico_store::sessions::{end_client_view, end_session};

use crate::{Action, ActionError, ActivityEvent, Refusal, Work, WriteScope};

/// Ends the session of the request, or the view of a client's portal.
#[derive(Debug, Clone, Copy)]
pub struct SignOut;

impl Action for SignOut {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let viewer = work.actor().viewer();
        if let (Some(by), Some(token)) = (viewer.viewed_by, &viewer.session) {
            return end_view(work, by, token).await;
        }
        let person = work.person().await?;
        let now = work.now();
        end_session(work.connection(), person.identity, person.session, now).await?;
        work.record(ActivityEvent::new(ActivityKind::SignedOut).to(SubjectKind::Session, person.session)).await
    }
}

async fn end_view(work: &mut Work<'_>, by: ViewedBy, token: &TokenHash) -> Result<(), ActionError> {
    let ended = end_client_view(work.connection(), token).await?.ok_or(ActionError::NotSignedIn)?;
    let event = ActivityEvent::new(ActivityKind::ClientViewEnded)
        .in_project(ended.company, ended.project)
        .to(SubjectKind::ProjectMembership, ended.membership)
        .by(by.staff, by.role);
    work.record(event).await
}

/// Ends one of the caller's sessions, such as on a lost phone.
#[derive(Debug, Clone, Copy)]
pub struct SessionRevoke {
    /// The session.
    pub session: Option<SessionId>,
}

impl Action for SessionRevoke {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        let now = work.now();
        let session = self.session.ok_or_else(|| Refusal::not_found("id"))?;
        if !end_session(work.connection(), person.identity, session, now).await? {
            return Err(Refusal::not_found("id").into());
        }
        work.record(ActivityEvent::new(ActivityKind::SessionRevoked).to(SubjectKind::Session, session)).await
    }
}
