//! Whoever has signed in proves once more that it is they, before they do what could give an account away.

use chrono::TimeDelta;
use portico_core::people::{LINK_LIFE, Role};
use portico_core::refusal::RefusalCode;
use portico_store::people::{Account, ActingPerson, account_by_id, has_place, hold_identity};

use super::attempt::noted;
use super::session::{Reach, reaches_all};
use super::{password, tries};
use crate::{Action, ActionError, Actor, Refusal, Work};

/// The account of whoever has signed in, if they know its password; or, where it has none, if they have signed in just now.
pub(super) async fn prove(actor: &Actor, current_password: Option<&str>) -> Result<Account, ActionError> {
    let (account, session) = actor.perform(&Own).await?;
    tries::count(actor, "password", account.email.parse().ok().as_ref()).await?;
    let whose = account.id;
    let known = known_by(actor, (account, session), current_password).await;
    match noted(actor, "current password", Some(whose), known).await {
        // The trail counts it as a refused sign-in; the caller, who is signed in, has given a wrong value.
        Err(ActionError::Refused(refusals)) => {
            Err(ActionError::Refused(refusals.into_iter().map(as_wrong_value).collect()))
        }
        other => other,
    }
}

fn as_wrong_value(refusal: Refusal) -> Refusal {
    let code = if refusal.code == RefusalCode::SignInRefused { RefusalCode::Invalid } else { refusal.code };
    Refusal { code, ..refusal }
}

/// How fresh a session has to be that stands for a password.
const FRESH: TimeDelta = LINK_LIFE;

async fn known_by(
    actor: &Actor,
    (account, own): (Account, OwnSession),
    current_password: Option<&str>,
) -> Result<Account, ActionError> {
    let wrong = |message| Err(Refusal::of(RefusalCode::SignInRefused, "currentPassword", message).into());
    if account.password_hash.is_none() {
        return match own {
            OwnSession { is_fresh: true, reaches_all: true } => Ok(account),
            OwnSession { is_fresh: false, .. } => {
                wrong("you have no password yet: sign in once more by a link, and do this within 15 minutes")
            }
            OwnSession { .. } => wrong("sign in at the portal of the company for which you work, and do this there"),
        };
    }
    if !password::verify(actor, current_password.unwrap_or_default(), account.password_hash.clone()).await? {
        return wrong("the current password is wrong");
    }
    Ok(account)
}

/// The same account as it is now, held until the transaction ends: its password may have been changed since it was proved.
pub(super) async fn still(work: &mut Work<'_>, proved: &Account) -> Result<Account, ActionError> {
    let person = work.person().await?;
    hold_identity(work.connection(), person.identity).await?;
    let account = account_by_id(work.connection(), person.identity).await?.ok_or(ActionError::NotSignedIn)?;
    if account.password_hash != proved.password_hash {
        return Err(Refusal::new(RefusalCode::Conflict, "your password was changed meanwhile").into());
    }
    Ok(account)
}

/// What stands for a password where there is none: that one has just signed in, by a link to one's own address that opens all that
/// there is to open.
struct OwnSession {
    is_fresh: bool,
    reaches_all: bool,
}

struct Own;

impl Action for Own {
    type Done = (Account, OwnSession);

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        let person = work.person().await?;
        refuse_without_place(work, &person).await?;
        let account = account_by_id(work.connection(), person.identity).await?.ok_or(ActionError::NotSignedIn)?;
        let is_fresh = work.now() < person.since + FRESH;
        let reaches_all = reaches_all(work, person.identity, Reach::of_link(person.host_of)).await?;
        Ok((account, OwnSession { is_fresh, reaches_all }))
    }
}

/// Whoever gets mail alone, or has no place any more, has neither a password nor alerts to settle (ACC-17, RULE-8).
pub(super) async fn refuse_without_place(work: &mut Work<'_>, person: &ActingPerson) -> Result<(), ActionError> {
    if matches!(person.role, Role::Client | Role::Trade)
        && !has_place(work.connection(), person.identity, person.role).await?
    {
        return Err(Refusal::new(RefusalCode::InvalidState, "no portal is open to you").into());
    }
    Ok(())
}
