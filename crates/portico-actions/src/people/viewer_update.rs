//! A person changes what is known of them.

use std::sync::Arc;

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::country::Country;
use portico_core::mail::MailTemplate;
use portico_core::people::{CONFIRMATION_LIFE, Email, LinkPurpose};
use portico_core::refusal::RefusalCode;
use portico_store::mail::NewDelivery;
use portico_store::people::{
    Account, AccountChange, NewSignInLink, change_account, country_of_person, home_of, insert_link, void_links,
};
use portico_store::support::is_agent;
use serde_json::json;

use super::account_fields::AccountFields;
use super::{proof, tries};
use crate::{Action, ActionError, Actor, Happened, Refusal, Work, check};

/// Changes a person's own account; what is none stays as it is (ACC-14: nobody's but their own).
#[derive(Clone, Default)]
pub struct ViewerUpdate {
    /// What is changed at once.
    pub fields: AccountFields,
    /// Another address. It is theirs when they have proved it, by a link that is mailed there.
    pub email: Option<String>,
    /// The password, which another address asks for if there is one: whoever finds a session open must not make the account
    /// their own.
    pub current_password: Option<String>,
}

impl ViewerUpdate {
    /// Changes it.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for what is wrong, and for addresses after too many tries; never for whose an address is.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        let email = self.email.as_deref().map(|email| check::email("email", email)).transpose()?;
        let country = actor.perform(&OwnCountry { is_needed: self.fields.has_phone() }).await?;
        let change = self.fields.checked(country)?;
        let email = match email {
            Some(email) => {
                tries::count(actor, "link", Some(&email)).await?;
                let account = proof::prove(actor, self.current_password.as_deref()).await?;
                // Whoever is written to has asked for nothing yet.
                tries::count_own_mail(actor, account.id, &email).await?;
                Some((email, account))
            }
            None => None,
        };
        actor.perform(&Update { change, email }).await
    }
}

/// The country that a person's telephone number is read with: of the one country in which they have companies.
struct OwnCountry {
    is_needed: bool,
}

impl Action for OwnCountry {
    type Done = Option<Country>;

    async fn write(&self, work: &mut Work<'_>) -> Result<Option<Country>, ActionError> {
        if !self.is_needed {
            return Ok(None);
        }
        let person = work.person().await?;
        Ok(country_of_person(work.connection(), person.identity).await?)
    }
}

struct Update {
    change: AccountChange,
    email: Option<(Email, Account)>,
}

impl Action for Update {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        let mut changed = self.change.names();
        change_account(work.connection(), person.identity, self.change.clone()).await?;
        if let Some((email, proved)) = &self.email {
            changed.push("email");
            let account = proof::still(work, proved).await?;
            if is_agent(work.connection(), account.id).await? {
                let message = "the address of whoever is of the support is known where they were named, and stays";
                return Err(Refusal::of(RefusalCode::InvalidState, "email", message).into());
            }
            ask_for_proof(work, account, email).await?;
        }
        let happened = Happened::new(ActivityKind::AccountChanged).to(SubjectKind::Identity, person.identity);
        work.record(happened.with(json!({ "changed": changed }))).await
    }
}

/// Mails a link to the new address. Also where somebody else has it: whoever asks must not learn that.
async fn ask_for_proof(work: &mut Work<'_>, account: Account, email: &Email) -> Result<(), ActionError> {
    let now = work.now();
    let hosts = Arc::clone(&work.actor().installation.hosts);
    let home = home_of(work.connection(), &hosts, account.id).await?.ok_or(ActionError::NotSignedIn)?;
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
    let delivery = NewDelivery {
        key: format!("email:{}", link.id),
        company_id: home.sender,
        template: MailTemplate::EmailConfirmation,
        to_address: email.written().to_owned(),
        // A name is a text of the sender's choice, and the address perhaps a stranger's.
        to_name: None,
        values: json!({ "hours": CONFIRMATION_LIFE.num_hours() }),
        link: Some(link),
        portal_host: Some(home.host),
        at: now,
    };
    work.post(&delivery).await
}
