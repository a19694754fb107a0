//! Confirms the caller's identity again before a change that could give an account away.

use chrono::TimeDelta;
use portico_core::access::Role;
use portico_core::links::LINK_LIFE;
use portico_core::refusal::RefusalCode;
use portico_store::accounts::{Account, account_by_id, lock_identity};
use portico_store::sessions::{ActingPerson, can_sign_in_as};
use secrecy::SecretString;

use crate::sessions::{SignInScope, attempts, covers_all, record_if_refused};
use crate::{Action, ActionError, Actor, Refusal, Work, WriteScope, password};

/// Authenticates the caller again: by password or, in an account without one, by a new session.
pub(super) async fn reauthenticate(
    actor: &Actor,
    current_password: Option<&SecretString>,
) -> Result<Account, ActionError> {
    let (account, session) = actor.perform(&Own).await?;
    attempts::count(actor, "password", account.email.parse().ok().as_ref()).await?;
    let whose = account.id;
    let known = known_by(actor, (account, session), current_password).await;
    match record_if_refused(actor, "current password", Some(whose), known).await {
        // The audit log counts a refused sign-in. For the caller, who is signed in, it is an invalid value.
        Err(ActionError::Refused(refusals)) => {
            Err(ActionError::Refused(refusals.into_iter().map(as_invalid_value).collect()))
        }
        other => other,
    }
}

fn as_invalid_value(refusal: Refusal) -> Refusal {
    let code = if refusal.code == RefusalCode::SignInRefused { RefusalCode::Invalid } else { refusal.code };
    Refusal { code, ..refusal }
}

/// Maximum age of a session that replaces a password.
const FRESH: TimeDelta = LINK_LIFE;

async fn known_by(
    actor: &Actor,
    (account, own): (Account, OwnSession),
    current_password: Option<&SecretString>,
) -> Result<Account, ActionError> {
    let wrong = |message| Err(Refusal::of(RefusalCode::SignInRefused, "currentPassword", message).into());
    if account.password_hash.is_none() {
        return match own {
            OwnSession { is_fresh: true, covers_all: true } => Ok(account),
            OwnSession { is_fresh: false, .. } => {
                wrong("the account has no password: sign in with a new link and repeat this within 15 minutes")
            }
            OwnSession { .. } => wrong("this session cannot be used here: sign in at your employer's portal and retry"),
        };
    }
    let current_password = current_password.cloned().unwrap_or_default();
    if !password::verify(actor, &current_password, account.password_hash.clone()).await? {
        return wrong("the current password is wrong: correct it, or sign in with a link and set a new one");
    }
    Ok(account)
}

/// Locks the account, and rejects the change if the password was changed since [`reauthenticate`].
pub(super) async fn lock_unchanged(work: &mut Work<'_>, verified: &Account) -> Result<Account, ActionError> {
    let person = work.person().await?;
    lock_identity(work.connection(), person.identity).await?;
    let account = account_by_id(work.connection(), person.identity).await?.ok_or(ActionError::NotSignedIn)?;
    if account.password_hash != verified.password_hash {
        return Err(Refusal::new(
            RefusalCode::Conflict,
            "the password was changed meanwhile: repeat this with the new one",
        )
        .into());
    }
    Ok(account)
}

/// Verifies what replaces a password in an account without one: a new session, from a link that covers all sign-in
/// options.
struct OwnSession {
    is_fresh: bool,
    covers_all: bool,
}

struct Own;

impl Action for Own {
    type Done = (Account, OwnSession);

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let person = work.person().await?;
        require_membership(work, &person).await?;
        let account = account_by_id(work.connection(), person.identity).await?.ok_or(ActionError::NotSignedIn)?;
        let is_fresh = work.now() < person.since + FRESH;
        let covers_all = covers_all(work, person.identity, SignInScope::of_link(person.host_of)).await?;
        Ok((account, OwnSession { is_fresh, covers_all }))
    }
}

/// Rejects clients and trade partners without portal access: they have neither a password nor notification settings (ACC-17, RULE-8).
pub(super) async fn require_membership(work: &mut Work<'_>, person: &ActingPerson) -> Result<(), ActionError> {
    if matches!(person.role, Role::Client | Role::Trade)
        && !can_sign_in_as(work.connection(), person.identity, person.role).await?
    {
        return Err(Refusal::new(
            RefusalCode::InvalidState,
            "you have no access to a portal: ask the company for an invitation",
        )
        .into());
    }
    Ok(())
}
