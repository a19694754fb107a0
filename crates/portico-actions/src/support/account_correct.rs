//! Corrects a user's account on behalf of support.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::Email;
use portico_core::country::Country;
use portico_core::id::IdentityId;
use portico_core::links::LinkPurpose;
use portico_core::refusal::RefusalCode;
use portico_store::accounts::{
    Account, AccountChange, account_by_id, change_account, delete_password, lock_identity, set_email,
};
use portico_store::contacts::country_of_person;
use portico_store::links::{void_codes, void_links};
use portico_store::sessions::end_other_sessions;
use portico_store::support::{is_agent, is_open_to};
use serde_json::json;

use super::account_open::agent;
use crate::accounts::{AccountFields, former_address, notice};
use crate::sessions::attempts;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, WriteScope, check};

/// Maximum length of a note, in characters.
const NOTE: usize = 1_000;

/// Corrects a user's account (ACC-13). `None` keeps the current value. Requires an account that the agent has open, and
/// a note on the verification.
///
/// A new address revokes all access by the old one: sessions end, links expire and the password is deleted, since the
/// person from whom the account is recovered may have set it.
#[derive(Debug, Clone)]
pub struct AccountCorrect {
    /// The account.
    pub account: IdentityId,
    /// The verification note.
    pub verification_note: Option<String>,
    /// The corrected fields.
    pub fields: AccountFields,
    /// The corrected email address.
    pub email: Option<String>,
}

impl AccountCorrect {
    fn checked(&self, country: Option<Country>) -> Result<Checked, ActionError> {
        let note = check::body("verificationNote", self.verification_note.as_deref().unwrap_or_default(), NOTE)?;
        let email = self.email.as_deref().map(|email| check::email("email", email)).transpose()?;
        let change = self.fields.checked(country)?;
        if email.is_none() && change == AccountChange::default() {
            return Err(Refusal::new(RefusalCode::Blank, "give at least one field to correct").into());
        }
        Ok(Checked { note, change, email })
    }
}

struct Checked {
    note: String,
    change: AccountChange,
    email: Option<Email>,
}

impl Action for AccountCorrect {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let (agent, now) = (agent(work).await?, work.now());
        if !is_open_to(work.connection(), agent, self.account, now).await? {
            return Err(Refusal::not_found("accountId").into());
        }
        let country = match self.fields.has_phone() {
            true => country_of_person(work.connection(), self.account).await?,
            false => None,
        };
        let Checked { note, change, email } = self.checked(country)?;
        lock_identity(work.connection(), self.account).await?;
        let before = account_by_id(work.connection(), self.account).await?;
        let before = before.ok_or_else(|| Refusal::not_found("accountId"))?;
        if is_agent(work.connection(), before.id).await? {
            return Err(Refusal::not_found("accountId").into());
        }
        let mut changed = change_account(work.connection(), before.id, change).await?.names;
        let email = email.filter(|email| email.written() != before.email);
        if let Some(email) = &email {
            changed.push("email");
            change_email(work, &before, email).await?;
        }
        if !changed.is_empty() {
            notify(work, &before, email.as_ref(), &changed).await?;
        }
        // Recorded even if nothing differs: support has verified the person, and learned that the account is right.
        let event = ActivityEvent::new(ActivityKind::AccountCorrected).to(SubjectKind::Identity, before.id);
        let mut details = json!({ "note": note, "changed": changed });
        if email.is_some() {
            details["formerAddress"] = former_address(&before)["formerAddress"].take();
        }
        work.record(event.with(details)).await
    }
}

async fn change_email(work: &mut Work<'_>, before: &Account, email: &Email) -> Result<(), ActionError> {
    let now = work.now();
    if !set_email(work.connection(), before.id, email).await? {
        return Err(
            Refusal::of(RefusalCode::Taken, "email", "another account has this address: use a different one").into()
        );
    }
    // The same mailbox, written differently: who has access to it stays.
    if before.email.parse::<Email>().is_ok_and(|own| own.canonical() == email.canonical()) {
        return Ok(());
    }
    delete_password(work.connection(), before.id).await?;
    end_other_sessions(work.connection(), before.id, None, now).await?;
    void_links(work.connection(), before.id, LinkPurpose::ALL, now).await?;
    Ok(void_codes(work.connection(), before.id, now).await?)
}

/// Notifies the previous address, and the new one.
async fn notify(
    work: &mut Work<'_>,
    before: &Account,
    email: Option<&Email>,
    changed: &[&str],
) -> Result<(), ActionError> {
    if let Ok(own) = before.email.parse() {
        attempts::count_mail(work.actor(), &own).await?;
    }
    notice::corrected(work, before, Some(&before.name), changed).await?;
    if let Some(email) = email {
        attempts::count_mail(work.actor(), email).await?;
        let now = Account { email: email.written().to_owned(), ..before.clone() };
        notice::corrected(work, &now, None, changed).await?;
    }
    Ok(())
}
