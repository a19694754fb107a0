//! Opens a user's account for support.

use portico_core::access::Role;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::Email;
use portico_core::id::IdentityId;
use portico_core::refusal::RefusalCode;
use portico_core::sessions::OPENING_LIFE;
use portico_store::accounts::{account_by_email, account_once_at};
use portico_store::support::{NewOpening, insert_opening, is_agent};
use serde_json::json;

use crate::sessions::attempts;
use crate::{Action, ActionError, ActivityEvent, Actor, Counted, Refusal, Work, WriteScope, check};

/// Maximum length of a reason, in characters.
const REASON: usize = 500;

/// Opens an account to the agent for one hour (ACC-13, ACC-15). The current or former address must match exactly. The
/// audit log has the lookup with its reason, whether or not the account exists.
#[derive(Debug, Clone)]
pub struct AccountOpen {
    /// The email address.
    pub email: String,
    /// The reason: the user's request, and how it arrived.
    pub reason: String,
}

impl AccountOpen {
    /// Opens the account.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for invalid input and after too many attempts; [`ActionError::NotSignedIn`] for callers other than
    /// support agents. The inner refusal is for an account that does not exist or that support may not open.
    pub async fn run(self, actor: &Actor) -> Result<Counted<IdentityId>, ActionError> {
        let (email, reason) = (check::email("email", &self.email), check::text("reason", &self.reason, REASON));
        let (email, reason) = match (email, reason) {
            (Ok(email), Ok(reason)) => (email, reason),
            (email, reason) => {
                return Err(ActionError::Refused([email.err(), reason.err()].into_iter().flatten().collect()));
            }
        };
        actor.perform(&Opening { email, reason }).await
    }
}

/// The caller, if still a support agent.
pub(super) async fn agent(work: &mut Work<'_>) -> Result<IdentityId, ActionError> {
    let person = work.person().await?;
    if person.role == Role::Support { Ok(person.identity) } else { Err(ActionError::NotSignedIn) }
}

struct Opening {
    email: Email,
    reason: String,
}

impl Action for Opening {
    type Done = Counted<IdentityId>;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Counted<IdentityId>, ActionError> {
        let agent = agent(work).await?;
        attempts::count_opening(work.actor(), agent).await?;
        let now = work.now();
        let account = match account_by_email(work.connection(), self.email.canonical()).await? {
            Some(account) => Some(account),
            // An attacker who takes over an account changes its address first.
            None => account_once_at(work.connection(), self.email.canonical()).await?,
        };
        let event = ActivityEvent::new(ActivityKind::AccountOpened).with(json!({ "reason": self.reason }));
        let Some(account) = account else {
            work.record(event).await?;
            return Ok(Err(Refusal::not_found("email")));
        };
        work.record(event.to(SubjectKind::Identity, account.id)).await?;
        // Support agents are managed by command on the installation, and so are their accounts.
        if is_agent(work.connection(), account.id).await? {
            let message = "accounts of support agents cannot be opened: use `portico support`";
            return Ok(Err(Refusal::of(RefusalCode::Invalid, "email", message)));
        }
        let new = NewOpening {
            agent,
            identity: account.id,
            reason: self.reason.clone(),
            at: now,
            expires_at: now + OPENING_LIFE,
        };
        insert_opening(work.connection(), new).await?;
        Ok(Ok(account.id))
    }
}
