//! Somebody asks for a link to sign in.

use std::sync::Arc;
use std::time::Duration;

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::mail::MailTemplate;
use portico_core::network::host_name;
use portico_core::people::{Email, LINK_LIFE, LinkPurpose};
use portico_store::mail::NewDelivery;
use portico_store::people::{Home, NewSignInLink, account_by_email, home_at, home_of, insert_link, places_of};
use serde_json::json;

use super::session::Reach;
use super::tries;
use crate::{Action, ActionError, Actor, Happened, Work, check};

/// At which pace it is answered, whether or not there is such an account: longer than either takes. Where the database is slow,
/// both take one pace more.
const PACE: Duration = Duration::from_millis(200);

/// Asks for a link. The answer is the same for every address (SES-5): whether anybody has it is told to nobody but them.
#[derive(Debug, Clone)]
pub struct LinkRequest {
    /// The address.
    pub email: String,
    /// The host of the portal at which it was asked for.
    pub host: Option<String>,
}

impl LinkRequest {
    /// Asks.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for what is no address, and for too many tries; never for who has it.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        let email = check::email("email", &self.email)?;
        tries::count(actor, "link", Some(&email)).await?;
        let started = tokio::time::Instant::now();
        let written = actor.perform(&Request { email, host: self.host }).await;
        let paces = started.elapsed().as_millis() / PACE.as_millis() + 1;
        tokio::time::sleep_until(started + PACE * u32::try_from(paces).unwrap_or(u32::MAX)).await;
        written
    }
}

struct Request {
    email: Email,
    host: Option<String>,
}

impl Action for Request {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let account = account_by_email(work.connection(), self.email.canonical()).await?;
        let Some(account) = account else {
            // The trail tells that somebody tried, and not whom they tried to be: addresses of strangers are not ours to keep.
            return work.record(Happened::new(ActivityKind::LinkRequested)).await;
        };
        let happened = Happened::new(ActivityKind::LinkRequested).to(SubjectKind::Identity, account.id);
        work.record(happened).await?;
        let places = places_of(work.connection(), account.id).await?;
        if places.is_empty() {
            return Ok(());
        }
        let hosts = Arc::clone(&work.actor().installation.hosts);
        let opens_something = |home: &Home| places.iter().any(|place| Reach::of_link(home.company).includes(place));
        let asked = match self.host.as_deref().and_then(host_name) {
            Some(host) => home_at(work.connection(), &hosts, account.id, &host).await?.filter(opens_something),
            None => None,
        };
        let home = match asked {
            Some(home) => Some(home),
            None => home_of(work.connection(), &hosts, account.id).await?,
        };
        // Whoever has never come by a link may set their first password by this one: at the installation's own host (ORG-5).
        let is_first = account.claimed_at.is_none();
        let home = home.map(|home| if is_first { home.of_installation() } else { home });
        let Some(Home { company, sender, host, .. }) = home else { return Ok(()) };
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
        let delivery = NewDelivery {
            key: format!("link:{}", link.id),
            company_id: sender,
            template: MailTemplate::SignInLink,
            to_address: account.email,
            to_name: Some(account.name),
            values: json!({ "minutes": LINK_LIFE.num_minutes() }),
            link: Some(link),
            portal_host: Some(host),
            at: now,
        };
        work.post(&delivery).await
    }
}
