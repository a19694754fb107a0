//! Whoever has signed in proves once more that it is they, before they do what could give an account away.

use portico_core::refusal::RefusalCode;
use portico_store::people::{Account, account_by_id, hold_identity};

use super::{password, tries};
use crate::{Action, ActionError, Actor, Refusal, Work};

/// The account of whoever has signed in, if they know its password, or if it has none.
pub(super) async fn prove(actor: &Actor, current_password: Option<&str>) -> Result<Account, ActionError> {
    let account = actor.perform(&Own).await?;
    tries::count(actor, "password", account.email.parse().ok().as_ref()).await?;
    if account.password_hash.is_some()
        && !password::verify(current_password.unwrap_or_default(), account.password_hash.clone()).await?
    {
        let message = "this is not your current password";
        return Err(Refusal::of(RefusalCode::SignInRefused, "currentPassword", message).into());
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

struct Own;

impl Action for Own {
    type Done = Account;

    async fn write(&self, work: &mut Work<'_>) -> Result<Account, ActionError> {
        let person = work.person().await?;
        account_by_id(work.connection(), person.identity).await?.ok_or(ActionError::NotSignedIn)
    }
}
