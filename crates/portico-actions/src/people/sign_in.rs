//! Somebody signs in with a password.

use portico_core::id::IdentityId;
use portico_core::people::Email;
use portico_core::refusal::RefusalCode;
use portico_store::people::{Account, account_by_email, account_by_id, hold_identity, sign_in_offers};
use uuid::Uuid;

use super::attempt::noted;
use super::session::{Reach, SignedIn, choose, in_words, open, refused};
use super::{password, tries};
use crate::{Action, ActionError, Actor, Refusal, Work, check};

/// Signs in with an address and a password (SES-8). Whatever is wrong, the answer is the same, after the same time.
#[derive(Clone)]
pub struct SignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// As what, where there is a choice: the name of a place.
    pub choice: Option<String>,
}

impl SignIn {
    /// Signs in.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] with `SIGN_IN_REFUSED`, or after too many tries.
    pub async fn run(self, actor: &Actor) -> Result<SignedIn, ActionError> {
        let email = check::email("email", &self.email)?;
        tries::count(actor, "sign-in", Some(&email)).await?;
        let (account, offers_password) = actor.perform(&Find { email }).await?;
        let whose = account.as_ref().map(|account| account.id);
        // Where none of the person's companies offers passwords there is none, whether or not one was set before.
        let account = account.filter(|account| offers_password && account.password_hash.is_some());
        let kept = account.as_ref().and_then(|account| account.password_hash.clone());
        // Nothing is held while this runs.
        let is_right = password::verify(actor, &self.password, kept).await?;
        let entered = match account.filter(|_| is_right) {
            Some(account) => actor.perform(&Enter { account, choice: self.choice }).await,
            None => Err(refused().into()),
        };
        let wrong = Refusal::new(RefusalCode::SignInRefused, "email or password is wrong");
        in_words(noted(actor, "password", whose, entered).await, &wrong)
    }
}

struct Find {
    email: Email,
}

impl Action for Find {
    type Done = (Option<Account>, bool);

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let account = account_by_email(work.connection(), self.email.canonical()).await?;
        // Asked for strangers as well, so that the answer takes as long.
        let whose = account.as_ref().map_or(IdentityId(Uuid::nil()), |account| account.id);
        let offers = sign_in_offers(work.connection(), whose).await?;
        Ok((account, offers.password))
    }
}

struct Enter {
    account: Account,
    choice: Option<String>,
}

impl Action for Enter {
    type Done = SignedIn;

    async fn write(&self, work: &mut Work<'_>) -> Result<SignedIn, ActionError> {
        // As it is now: it may have been disabled, or given another password, while this one was verified.
        hold_identity(work.connection(), self.account.id).await?;
        let account = account_by_id(work.connection(), self.account.id).await?;
        let account = account.filter(|account| account.password_hash == self.account.password_hash);
        let account = account.ok_or_else(refused)?;
        match choose(work, &account, self.choice.as_deref(), Reach::Anywhere).await? {
            Ok(place) => Ok(SignedIn::Open(open(work, &account, place, None, "password").await?)),
            Err(places) => Ok(SignedIn::Choose(places)),
        }
    }
}
