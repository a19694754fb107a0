//! Requests a sign-in link.

use std::sync::Arc;
use std::time::Duration;

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::Email;
use portico_core::id::LinkId;
use portico_core::links::{LINK_LIFE, LinkPurpose};
use portico_core::mail::{MailJob, MailTemplate};
use portico_core::network::host_name;
use portico_core::sessions::{TOKEN_BYTES, TokenHash, token_of};
use portico_store::accounts::account_by_email;
use portico_store::links::{
    LinkHost, NewSignInCode, NewSignInLink, insert_code, insert_link, link_host_at, link_host_of,
};
use portico_store::sessions::sign_in_options;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;

use super::sender::sender_of;
use crate::sessions::{SignInScope, attempts};
use crate::{Action, ActionError, ActivityEvent, Actor, Work, WriteScope, check};

/// Unit of response times. Longer than either case takes, so that times do not reveal whether the account exists.
const PACE: Duration = Duration::from_millis(200);

/// Emails a sign-in link. The result is the same for every address (SES-5): whether an account exists is secret.
#[derive(Debug, Clone)]
pub struct LinkRequest {
    /// The email address.
    pub email: String,
    /// The host of the portal of the request.
    pub host: Option<String>,
}

impl LinkRequest {
    /// Mails the link.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for an invalid address and after too many attempts, never for an unknown one.
    ///
    /// Returns the request id, without which the mail's code does not work (SES-10).
    pub async fn run(self, actor: &Actor) -> Result<SecretString, ActionError> {
        let email = check::email("email", &self.email)?;
        attempts::count(actor, "link", Some(&email)).await?;
        let started = tokio::time::Instant::now();
        let mut random = [0; TOKEN_BYTES];
        getrandom::fill(&mut random)?;
        let request_id = SecretString::from(token_of("pr", &random));
        let request = TokenHash::of(request_id.expose_secret());
        let written = actor.perform(&Request { email, host: self.host, request }).await;
        attempts::pace(started, PACE).await;
        written.map(|()| request_id)
    }
}

struct Request {
    email: Email,
    host: Option<String>,
    request: TokenHash,
}

impl Action for Request {
    type Done = ();

    const SCOPE: WriteScope = WriteScope::Accounts;

    /// Stores the request also if no mail is sent, so that attempts at its code are answered alike.
    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let link = self.mail(work).await?;
        let (now, key) = (work.now(), &work.actor().installation.links);
        let (request, address_hash) = (self.request.clone(), key.address_hash(&self.email));
        let new = NewSignInCode { request, address_hash, link, at: now, expires_at: now + LINK_LIFE };
        Ok(insert_code(work.connection(), new).await?)
    }
}

impl Request {
    /// Mails the link; none to addresses without an account that can sign in.
    async fn mail(&self, work: &mut Work<'_>) -> Result<Option<LinkId>, ActionError> {
        let account = account_by_email(work.connection(), self.email.canonical()).await?;
        let Some(account) = account else {
            // The audit log has the attempt without the address, which may be a stranger's.
            if attempts::may_record(work.actor(), None).await {
                work.record(ActivityEvent::new(ActivityKind::LinkRequested)).await?;
            }
            return Ok(None);
        };
        if attempts::may_record(work.actor(), Some(account.id)).await {
            let event = ActivityEvent::new(ActivityKind::LinkRequested).to(SubjectKind::Identity, account.id);
            work.record(event).await?;
        }
        let options = sign_in_options(work.connection(), account.id).await?;
        if options.is_empty() {
            return Ok(None);
        }
        let hosts = Arc::clone(&work.actor().installation.hosts);
        let is_covered = |link_host: &LinkHost| {
            options.iter().any(|option| SignInScope::of_link(link_host.company).includes(option))
        };
        let asked = match self.host.as_deref().and_then(host_name) {
            Some(host) => link_host_at(work.connection(), &hosts, account.id, &host).await?.filter(is_covered),
            None => None,
        };
        let is_asked = asked.is_some();
        let link_host = match asked {
            Some(link_host) => Some(link_host),
            None => link_host_of(work.connection(), &hosts, account.id).await?,
        };
        // The first link may set the first password, so it leads to the installation's own host (ORG-5).
        let is_first = account.claimed_at.is_none();
        // In a demo or trial, all links lead to one address, which covers all options like the host of a region.
        let own_host = work.actor().installation.site.own_host();
        let is_own = !is_asked && own_host.is_some_and(|own| !hosts.is_of_portal(&own));
        let link_host =
            link_host.map(|link_host| if is_first || is_own { link_host.of_installation() } else { link_host });
        let Some(LinkHost { company, host, .. }) = link_host else { return Ok(None) };
        if !attempts::may_mail_link(work, &self.email).await? {
            return Ok(None);
        }
        let now = work.now();
        let new = NewSignInLink {
            identity: account.id,
            purpose: LinkPurpose::SignIn,
            invitation: None,
            company,
            email: None,
            at: now,
            expires_at: now + LINK_LIFE,
        };
        let link = insert_link(work.connection(), new).await?;
        let mail = MailJob {
            key: format!("link:{}", link.id),
            company_id: sender_of(work, account.id, company).await?,
            template: MailTemplate::SignInLink,
            to_address: account.email,
            to_name: Some(account.name),
            values: json!({ "minutes": LINK_LIFE.num_minutes() }),
            link: Some(link),
            portal_host: Some(host),
        };
        work.enqueue(&mail).await?;
        Ok(Some(LinkId(link.id)))
    }
}
