//! Changes the caller's password.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::links::LinkPurpose;
use portico_core::refusal::RefusalCode;
use portico_store::accounts::{Account, set_password};
use portico_store::links::{void_codes, void_links};
use portico_store::sessions::{end_other_sessions, sign_in_offers};
use secrecy::SecretString;

use super::{notice, reauthenticate};
use crate::{Action, ActionError, ActivityEvent, Actor, Refusal, Work, WriteScope, password};

/// Changes the caller's password, and ends all other sessions (ACC-17).
#[derive(Debug, Clone)]
pub struct PasswordChange {
    /// The current password; none if there is none yet.
    pub current: Option<SecretString>,
    /// The new password.
    pub new: SecretString,
}

impl PasswordChange {
    /// Changes the password.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] if the current password is wrong, or the new one too weak.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        actor.perform(&CheckOffered).await?;
        let account = reauthenticate::reauthenticate(actor, self.current.as_ref()).await?;
        let hash = password::hash_of_new(actor, "newPassword", &self.new, &account).await?;
        actor.perform(&Change { account, hash }).await
    }
}

/// Rejects the change if none of the person's companies offers passwords (RULE-3).
struct CheckOffered;

impl Action for CheckOffered {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        if sign_in_offers(work.connection(), person.identity).await?.password {
            return Ok(());
        }
        let message = "none of your companies allows passwords: sign in with a link";
        Err(Refusal::of(RefusalCode::InvalidState, "newPassword", message).into())
    }
}

struct Change {
    account: Account,
    hash: String,
}

impl Action for Change {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let (person, now) = (work.person().await?, work.now());
        let account = reauthenticate::lock_unchanged(work, &self.account).await?;
        set_password(work.connection(), person.identity, &self.hash, now).await?;
        end_other_sessions(work.connection(), person.identity, Some(person.session), now).await?;
        // The change may be meant to lock out a person who has one of these mails.
        void_links(work.connection(), person.identity, LinkPurpose::ALL, now).await?;
        void_codes(work.connection(), person.identity, now).await?;
        notice::password_changed(work, &account).await?;
        work.record(ActivityEvent::new(ActivityKind::PasswordChanged).to(SubjectKind::Identity, person.identity)).await
    }
}
