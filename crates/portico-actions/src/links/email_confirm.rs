//! Confirms a new email address by a mailed link.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::Email;
use portico_core::links::{LinkPurpose, SentLink};
use portico_core::refusal::RefusalCode;
use portico_store::accounts::set_email;
use portico_store::links::{use_link, void_codes, void_links};
use secrecy::{ExposeSecret, SecretString};

use super::link_consume::{open_link, owner_if_refused};
use crate::accounts::{former_address, notice};
use crate::sessions::{attempts, invalid_link, record_if_refused, with_message};
use crate::{Action, ActionError, ActivityEvent, Actor, Refusal, Work, WriteScope};

/// Confirms the new email address of the caller's account.
#[derive(Debug, Clone)]
pub struct EmailConfirm {
    /// The token at the end of the link.
    pub token: SecretString,
}

impl EmailConfirm {
    /// Consumes the link and changes the address.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] if the link is invalid or another account's, or the address is in use; [`ActionError::NotSignedIn`]
    /// without a session: otherwise a stranger who follows the link would add the own address to the requester's account.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        attempts::count(actor, "sign-in", None).await?;
        let confirmed = match SentLink::read(self.token.expose_secret()) {
            Some(link) => actor.perform(&Confirmation { link }).await,
            None => Err(invalid_link().into()),
        };
        let whose = owner_if_refused(actor, self.token, &confirmed).await?;
        // The caller is signed in, so the link is the invalid value.
        let message = "this link does not confirm an address of your account: request a new one with `viewerUpdate`";
        let invalid = Refusal::of(RefusalCode::Invalid, "token", message);
        with_message(record_if_refused(actor, "confirmation", whose, confirmed).await, &invalid)
    }
}

struct Confirmation {
    link: SentLink,
}

impl Action for Confirmation {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let person = work.person().await?;
        let (link, account) = open_link(work, &self.link).await?;
        if link.identity != person.identity {
            return Err(invalid_link().into());
        }
        let email: Option<Email> = link.email.as_deref().and_then(|email| email.parse().ok());
        let email = email.ok_or_else(invalid_link)?;
        let now = work.now();
        if !use_link(work.connection(), link.id, now).await? {
            return Err(invalid_link().into());
        }
        if !set_email(work.connection(), account.id, &email).await? {
            let message = "this address cannot be used: choose another one";
            return Err(Refusal::new(RefusalCode::Invalid, message).into());
        }
        // Links and codes sent to the old address expire.
        let sent = [LinkPurpose::SignIn, LinkPurpose::Invitation, LinkPurpose::StaffInvitation];
        void_links(work.connection(), account.id, &sent, now).await?;
        void_codes(work.connection(), account.id, now).await?;
        notice::email_changed(work, &account).await?;
        let happened = ActivityEvent::new(ActivityKind::EmailChanged)
            .to(SubjectKind::Identity, account.id)
            .with(former_address(&account));
        work.record(happened).await
    }
}
