//! Signs in with a password.

use portico_core::contacts::Email;
use portico_core::id::IdentityId;
use portico_core::refusal::RefusalCode;
use portico_store::accounts::{Account, account_by_email, account_by_id, lock_identity};
use portico_store::sessions::sign_in_offers;
use secrecy::SecretString;
use uuid::Uuid;

use super::{SignInScope, SignedIn, attempts, choose, invalid_link, open, record_if_refused, with_message};
use crate::{Action, ActionError, Actor, Refusal, Work, WriteScope, check, password};

/// Signs in with an address and a password (SES-8). All failures have the same error and take the same time.
#[derive(Debug, Clone)]
pub struct SignIn {
    /// The email address.
    pub email: String,
    /// The password.
    pub password: SecretString,
    /// The key of a sign-in option, if there are several.
    pub choice: Option<String>,
}

impl SignIn {
    /// Opens a session.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] with `SIGN_IN_REFUSED`, or after too many attempts.
    pub async fn run(self, actor: &Actor) -> Result<SignedIn, ActionError> {
        let email = check::email("email", &self.email)?;
        attempts::count(actor, "sign-in", Some(&email)).await?;
        let (account, offers_password) = actor.perform(&Find { email }).await?;
        let whose = account.as_ref().map(|account| account.id);
        // If none of the person's companies offers passwords, a stored one does not count.
        let account = account.filter(|account| offers_password && account.password_hash.is_some());
        let stored = account.as_ref().and_then(|account| account.password_hash.clone());
        // No transaction is open while this runs.
        let is_right = password::verify(actor, &self.password, stored).await?;
        let entered = match account.filter(|_| is_right) {
            Some(account) => actor.perform(&Enter { account, choice: self.choice }).await,
            None => Err(invalid_link().into()),
        };
        let wrong = Refusal::new(RefusalCode::SignInRefused, "email or password is wrong");
        with_message(record_if_refused(actor, "password", whose, entered).await, &wrong)
    }
}

struct Find {
    email: Email,
}

impl Action for Find {
    type Done = (Option<Account>, bool);

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let account = account_by_email(work.connection(), self.email.canonical()).await?;
        // Also for unknown addresses, so that they take as long.
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

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<SignedIn, ActionError> {
        // Read again: the account may have been disabled, or its password changed, during the verification.
        lock_identity(work.connection(), self.account.id).await?;
        let account = account_by_id(work.connection(), self.account.id).await?;
        let account = account.filter(|account| account.password_hash == self.account.password_hash);
        let account = account.ok_or_else(invalid_link)?;
        match choose(work, &account, self.choice.as_deref(), SignInScope::Anywhere).await? {
            Ok(option) => Ok(SignedIn::Open(open(work, &account, option, None, "password").await?)),
            Err(options) => Ok(SignedIn::Choose { person: account.id, options }),
        }
    }
}
