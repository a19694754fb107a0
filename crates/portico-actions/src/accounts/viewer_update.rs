//! Changes the caller's account.

use std::sync::Arc;

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::Email;
use portico_core::country::Country;
use portico_core::links::{CONFIRMATION_LIFE, LinkPurpose};
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::refusal::RefusalCode;
use portico_store::accounts::{Account, AccountChange, account_by_id, change_account};
use portico_store::contacts::country_of_person;
use portico_store::links::{NewSignInLink, insert_link, link_host_of, void_links};
use portico_store::support::is_agent;
use secrecy::SecretString;
use serde_json::json;

use super::account_fields::AccountFields;
use super::reauthenticate;
use crate::sessions::attempts;
use crate::{Action, ActionError, ActivityEvent, Actor, Refusal, Work, WriteScope, check};

/// Changes the caller's own account only (ACC-14). `None` keeps the current value.
#[derive(Debug, Clone, Default)]
pub struct ViewerUpdate {
    /// Fields that change immediately.
    pub fields: AccountFields,
    /// A new email address, which takes effect after its confirmation.
    pub email: Option<String>,
    /// The current password, required for a new address if there is one: an unattended session must not be enough to take the
    /// account over.
    pub current_password: Option<SecretString>,
}

impl ViewerUpdate {
    /// Changes the account.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for invalid values and after too many attempts, never because an address is in use.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        let email = self.email.as_deref().map(|email| check::email("email", email)).transpose()?;
        let needs = Needs { country: self.fields.has_phone(), email: email.is_some() };
        let (country, own) = actor.perform(&needs).await?;
        let change = self.fields.checked(country)?;
        // A form sends all its fields: the account's own address is no change.
        let email = match email.filter(|email| own.as_deref() != Some(email.written())) {
            Some(email) => {
                attempts::count(actor, "link", Some(&email)).await?;
                let account = reauthenticate::reauthenticate(actor, self.current_password.as_ref()).await?;
                // The recipient has not asked for this mail.
                attempts::count_own_mail(actor, account.id, &email).await?;
                Some((email, account))
            }
            None => None,
        };
        actor.perform(&Update { change, email }).await
    }
}

/// What the checks need to know of the caller: the country of the telephone number, if all their companies are in one country, and the
/// current address.
struct Needs {
    country: bool,
    email: bool,
}

impl Action for Needs {
    type Done = (Option<Country>, Option<String>);

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Self::Done, ActionError> {
        if !self.country && !self.email {
            return Ok((None, None));
        }
        let person = work.person().await?;
        let country = match self.country {
            true => country_of_person(work.connection(), person.identity).await?,
            false => None,
        };
        let account = match self.email {
            true => account_by_id(work.connection(), person.identity).await?,
            false => None,
        };
        Ok((country, account.map(|account| account.email)))
    }
}

struct Update {
    change: AccountChange,
    email: Option<(Email, Account)>,
}

impl Action for Update {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        let mut changed = change_account(work.connection(), person.identity, self.change.clone()).await?.names;
        if let Some((email, verified)) = &self.email {
            changed.push("email");
            let account = reauthenticate::lock_unchanged(work, verified).await?;
            if is_agent(work.connection(), account.id).await? {
                let message = "the address of a support agent cannot be changed here: use `portico support`";
                return Err(Refusal::of(RefusalCode::InvalidState, "email", message).into());
            }
            send_confirmation(work, account, email).await?;
        }
        let event = ActivityEvent::new(ActivityKind::AccountChanged).to(SubjectKind::Identity, person.identity);
        work.record_changes(event, &changed).await
    }
}

/// Mails a link to the new address. Also to an address in use by another account, which is secret.
async fn send_confirmation(work: &mut Work<'_>, account: Account, email: &Email) -> Result<(), ActionError> {
    let now = work.now();
    let hosts = Arc::clone(&work.actor().installation.hosts);
    let home = link_host_of(work.connection(), &hosts, account.id).await?.ok_or(ActionError::NotSignedIn)?;
    void_links(work.connection(), account.id, &[LinkPurpose::EmailConfirmation], now).await?;
    let new = NewSignInLink {
        identity: account.id,
        purpose: LinkPurpose::EmailConfirmation,
        invitation: None,
        company: home.company,
        email: Some(email.clone()),
        at: now,
        expires_at: now + CONFIRMATION_LIFE,
    };
    let link = insert_link(work.connection(), new).await?;
    let mail = MailJob {
        key: format!("email:{}", link.id),
        company_id: home.sender,
        template: MailTemplate::EmailConfirmation,
        to_address: email.written().to_owned(),
        // The name is free text, and the address may be a stranger's.
        to_name: None,
        values: json!({ "hours": CONFIRMATION_LIFE.num_hours() }),
        link: Some(link),
        portal_host: Some(home.host),
    };
    work.enqueue(&mail).await
}
