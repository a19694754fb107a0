//! Somebody changes their own password.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::people::LinkPurpose;
use portico_core::refusal::RefusalCode;
use portico_store::people::{Account, end_other_sessions, set_password, sign_in_offers, void_links};

use super::{notice, password, proof};
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
        actor.perform(&Offered).await?;
        let account = proof::prove(actor, self.current.as_deref()).await?;
        let known = [account.email.as_str(), account.name.as_str()];
        let hash = password::hash_of_new(actor, "newPassword", &self.new, &known).await?;
        actor.perform(&Change { account, hash }).await
    }
}

/// Refuses where none of the person's companies offers passwords (RULE-3).
struct Offered;

impl Action for Offered {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        if sign_in_offers(work.connection(), person.identity).await?.password {
            return Ok(());
        }
        let message = "none of your companies offers passwords: sign in by a link";
        Err(Refusal::of(RefusalCode::InvalidState, "newPassword", message).into())
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
        let account = proof::still(work, &self.account).await?;
        set_password(work.connection(), person.identity, &self.hash, now).await?;
        end_other_sessions(work.connection(), person.identity, Some(person.session), now).await?;
        // Whoever had a way in by one of these may be whom the change is to keep out.
        void_links(work.connection(), person.identity, LinkPurpose::ALL, now).await?;
        notice::password_changed(work, &account).await?;
        work.record(Happened::new(ActivityKind::PasswordChanged).to(SubjectKind::Identity, person.identity)).await
    }
}
