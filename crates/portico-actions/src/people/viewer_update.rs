//! A person changes what is known of them.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::IdentityId;
use portico_core::mail::MailTemplate;
use portico_core::people::{CONFIRMATION_LIFE, Email, LinkPurpose};
use portico_store::mail::NewDelivery;
use portico_store::people::{
    AccountChange, NewSignInLink, account_by_id, change_account, home_company, insert_link, void_links,
};
use serde_json::json;

use super::tries;
use crate::{Action, ActionError, Actor, Happened, Work, check};

/// Changes a person's own account; what is none stays as it is (ACC-14: nobody's but their own).
#[derive(Debug, Clone, Default)]
pub struct ViewerUpdate {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; none within takes it away.
    pub phone: Option<Option<String>>,
    /// The language.
    pub locale: Option<String>,
    /// The time zone.
    pub time_zone: Option<String>,
    /// Another address. It is theirs when they have proved it, by a link that is mailed there.
    pub email: Option<String>,
}

impl ViewerUpdate {
    /// Changes it.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for what is wrong, and for addresses after too many tries; never for whose an address is.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        let email = self.email.as_deref().map(|email| check::email("email", email)).transpose()?;
        if email.is_some() {
            tries::count(actor, "link", email.as_ref()).await?;
        }
        actor.perform(&Update { change: self.checked()?, email }).await
    }

    fn checked(&self) -> Result<AccountChange, ActionError> {
        let mut change = AccountChange::default();
        let phone =
            self.phone.as_ref().map(|phone| phone.as_deref().map(|phone| check::phone("phone", phone)).transpose());
        let checks = [
            self.name
                .as_deref()
                .map(|name| check::text("name", name, check::NAME).map(|name| change.name = Some(name))),
            phone.map(|phone| phone.map(|phone| change.phone = Some(phone))),
            self.locale.as_deref().map(|tag| check::locale("locale", tag).map(|tag| change.locale = Some(tag))),
            self.time_zone
                .as_deref()
                .map(|zone| check::time_zone("timeZone", zone).map(|zone| change.time_zone = Some(zone))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok(change)
    }
}

struct Update {
    change: AccountChange,
    email: Option<Email>,
}

impl Action for Update {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        let mut changed = self.change.names();
        change_account(work.connection(), person.identity, self.change.clone()).await?;
        if let Some(email) = &self.email {
            changed.push("email");
            ask_for_proof(work, person.identity, email).await?;
        }
        let happened = Happened::new(ActivityKind::AccountChanged).to(SubjectKind::Identity, person.identity);
        work.record(happened.with(json!({ "changed": changed }))).await
    }
}

/// Mails a link to the new address. Also where somebody else has it: whoever asks must not learn that.
async fn ask_for_proof(work: &mut Work<'_>, identity: IdentityId, email: &Email) -> Result<(), ActionError> {
    let now = work.now();
    let account = account_by_id(work.connection(), identity).await?.ok_or(ActionError::NotSignedIn)?;
    let Some((company, host)) = home_company(work.connection(), identity).await? else {
        return Err(ActionError::NotSignedIn);
    };
    void_links(work.connection(), identity, &[LinkPurpose::EmailConfirmation], now).await?;
    let new = NewSignInLink {
        identity,
        purpose: LinkPurpose::EmailConfirmation,
        invitation: None,
        email: Some(email.clone()),
        at: now,
        expires_at: now + CONFIRMATION_LIFE,
    };
    let link = insert_link(work.connection(), new).await?;
    let delivery = NewDelivery {
        key: format!("email:{}", link.id),
        company_id: Some(company),
        template: MailTemplate::EmailConfirmation,
        to_address: email.written().to_owned(),
        to_name: Some(account.name),
        values: json!({ "hours": CONFIRMATION_LIFE.num_hours() }),
        link: Some(link),
        portal_host: Some(host),
        at: now,
    };
    work.post(&delivery).await
}
