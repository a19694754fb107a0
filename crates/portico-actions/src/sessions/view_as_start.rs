//! Starts a view of a client's portal.

use chrono::{DateTime, Utc};
use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::ProjectMembershipId;
use portico_core::sessions::{TOKEN_BYTES, TokenHash, token_of};
use portico_store::sessions::{NewClientView, insert_client_view, viewable_project};
use secrecy::{ExposeSecret, SecretString};

use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Gives a member of staff a token that reads what one client reads of one project, and changes nothing (PRT-19). It works for 15
/// minutes, while both have their access.
#[derive(Debug, Clone, Copy)]
pub struct ViewAsStart {
    /// The client's membership.
    pub membership: Option<ProjectMembershipId>,
}

/// A view of a client's portal.
#[derive(Debug, Clone)]
pub struct StartedView {
    /// The token, returned only once.
    pub token: SecretString,
    /// Expiry time; use does not extend it.
    pub expires_at: DateTime<Utc>,
}

impl Action for ViewAsStart {
    type Done = StartedView;

    async fn write(&self, work: &mut Work<'_>) -> Result<StartedView, ActionError> {
        let staff = work.staff(Permission::AccessExplain).await?;
        let session = work.person().await?.session;
        let not_found = || Refusal::not_found("membershipId");
        let membership = self.membership.ok_or_else(not_found)?;
        // Without the right to read projects there is none to view.
        if !staff.permissions.contains(Permission::ProjectsRead) {
            return Err(not_found().into());
        }
        let company = staff.company;
        let project = viewable_project(work.connection(), company, membership).await?.ok_or_else(not_found)?;
        let mut random = [0; TOKEN_BYTES];
        getrandom::fill(&mut random)?;
        let token = SecretString::from(token_of("pv", &random));
        let hash = TokenHash::of(token.expose_secret());
        let new = NewClientView { company, project, membership, session, token: hash };
        let expires_at = insert_client_view(work.connection(), new).await?;
        let event = ActivityEvent::new(ActivityKind::ClientViewStarted).in_project(company, project);
        work.record(event.to(SubjectKind::ProjectMembership, membership)).await?;
        Ok(StartedView { token, expires_at })
    }
}
