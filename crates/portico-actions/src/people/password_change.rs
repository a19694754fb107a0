//! Somebody changes their own password.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::people::LinkPurpose;
use portico_core::refusal::RefusalCode;
use portico_store::people::{Account, account_by_id, end_other_sessions, hold_identity, set_password, void_links};

use super::{notice, password, tries};
use crate::{Action, ActionError, Actor, Happened, Refusal, Work};

/// Changes the password of whoever has signed in, and ends all their other sessions (ACC-17).
#[derive(Clone)]
pub struct PasswordChange {
    /// The one that they have; none if they have none yet.
    pub current: Option<String>,
    /// The one that they want.
    pub new: String,
}

impl PasswordChange {
    /// Changes it.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] when the current one is wrong, or the new one too weak.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        let account = actor.perform(&Own).await?;
        let email = account.email.parse().ok();
        tries::count(actor, "password", email.as_ref()).await?;
        password::check("newPassword", &self.new, &[&account.email, &account.name])?;
        if account.password_hash.is_some()
            && !password::verify(self.current.as_deref().unwrap_or_default(), account.password_hash.clone()).await?
        {
            let message = "this is not your current password";
            return Err(Refusal::of(RefusalCode::SignInRefused, "currentPassword", message).into());
        }
        let hash = password::hash(&self.new).await?;
        actor.perform(&Change { account, hash }).await
    }
}

struct Own;

impl Action for Own {
    type Done = Account;

    async fn write(&self, work: &mut Work<'_>) -> Result<Account, ActionError> {
        let person = work.person().await?;
        account_by_id(work.connection(), person.identity).await?.ok_or(ActionError::NotSignedIn)
    }
}

struct Change {
    account: Account,
    hash: String,
}

impl Action for Change {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let (person, now) = (work.person().await?, work.now());
        hold_identity(work.connection(), person.identity).await?;
        let account = account_by_id(work.connection(), person.identity).await?.ok_or(ActionError::NotSignedIn)?;
        if account.password_hash != self.account.password_hash {
            return Err(Refusal::new(RefusalCode::Conflict, "your password was changed meanwhile").into());
        }
        set_password(work.connection(), person.identity, &self.hash, now).await?;
        end_other_sessions(work.connection(), person.identity, Some(person.session), now).await?;
        // Whoever had a way in by one of these may be whom the change is to keep out.
        void_links(work.connection(), person.identity, LinkPurpose::ALL, now).await?;
        notice::password_changed(work, &account).await?;
        work.record(Happened::new(ActivityKind::PasswordChanged).to(SubjectKind::Identity, person.identity)).await
    }
}
