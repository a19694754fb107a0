//! Accepts submissions of lead forms.

use std::time::Duration;

use chrono::TimeDelta;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::ContactKind;
use portico_core::id::CompanyId;
use portico_core::leads::LeadSource;
use portico_core::network::{self, neighborhood, subscriber};
use portico_core::refusal::RefusalCode;
use portico_store::contacts::{NewContact, insert_contact};
use portico_store::leads::{
    FormName, NewLead, OpenForm, Sent, find_form, first_sent_since, insert_lead, lock_network, open_form,
};
use serde_json::json;

use super::Inquiry;
use crate::sessions::attempts::may_record;
use crate::{Action, ActionError, ActivityEvent, Actor, AttemptRate, Refusal, Work, WriteScope};

/// Forms per network and hour (LEAD-1). Forms of bots count like accepted ones: they get the same replies, so that a bot cannot
/// tell that its form was recognized.
pub const FORMS_PER_NETWORK_PER_HOUR: u32 = 5;
/// Accepted forms per company and day above which senders are throttled. The form stays open: otherwise one sender could block
/// all others.
pub const THROTTLE_AFTER: u32 = 200;
/// Forms per neighborhood of networks and day while throttled.
pub const THROTTLED_PER_DAY: u32 = 2;
/// Submissions per network, accepted or not. Counted without the database.
const ATTEMPTS: AttemptRate = AttemptRate { at_once: 20, then_every: Duration::from_secs(30) };
/// States in the audit log: accepted, and spam.
const ACCEPTED: &str = "NEW";
const SPAM: &str = "SPAM";

/// Accepts a lead form: creates a contact of the kind MISC, and a lead with the source WEB (LEAD-3). The contact is always new,
/// since the address is unverified.
///
/// A wrong company, form or key and a closed form have the same error; a page of an origin that an open form does not list has its own.
/// Forms are counted per network of the connection,
/// independent of request headers, and no network can exhaust the limit of another.
#[derive(Debug, Clone)]
pub struct LeadSubmit {
    /// The form.
    pub form: FormName,
    /// The web origin of the page, if a browser sends it.
    pub web_origin: Option<String>,
    /// The request; name and email address are required.
    pub inquiry: Inquiry,
    /// A honeypot: invisible to people, and filled in by bots.
    pub website: Option<String>,
}

impl LeadSubmit {
    /// Submits the form.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for invalid values, closed forms, and above the limits.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        // Invalid submissions count as well, since each takes a database connection.
        let attempt = format!("lead:network:{}", network::name_of(actor.origin.network));
        if let Err(wait) = actor.installation.attempts.count(attempt, ATTEMPTS).await {
            // Rejected in any case, even while the database does not answer.
            let longest = actor.look(&LongestWait { form: &self, attempts: wait }).await;
            return Err(too_often(longest.unwrap_or(wait)).into());
        }
        // First: errors of the values do not help the sender of a closed form.
        let company = actor.look(&FindCompany(&self)).await?;
        actor.perform(&Submission { form: &self, company }).await
    }

    /// The company of an open form that the page may submit.
    fn company_of(&self, form: Option<OpenForm>) -> Result<CompanyId, Refusal> {
        let closed = "this form is closed or does not exist: check the company and the key, or try again later";
        let form = form.ok_or_else(|| Refusal::new(RefusalCode::NotFound, closed))?;
        if !self.may_be_sent_to(&form) {
            // Reveals no more than the form's own page, which shows that the form is open.
            let unlisted =
                "the web origin of this page is not among the form's allowed origins: ask the company to add it";
            return Err(Refusal::new(RefusalCode::InvalidState, unlisted));
        }
        Ok(form.company)
    }

    fn may_be_sent_to(&self, form: &OpenForm) -> bool {
        self.web_origin.as_ref().is_none_or(|origin| form.allowed_origins.contains(origin))
    }

    /// The wait of this network while the company's form is throttled. Networks without recent submissions do not wait.
    async fn throttled(&self, work: &mut Work<'_>, company: CompanyId) -> Result<Option<Duration>, ActionError> {
        let since = work.now() - TimeDelta::days(1);
        if first_sent_since(work.connection(), &Sent::To(company), since, THROTTLE_AFTER).await?.is_none() {
            return Ok(None);
        }
        let neighborhood = work.actor().origin.network.map(neighborhood);
        let sent = neighborhood.map_or(Sent::FromUnknown, |network| Sent::From(network.to_string()));
        wait_after(work, &sent, TimeDelta::days(1), THROTTLED_PER_DAY).await
    }

    /// The longest wait of all limits, for a network that one limit rejects already.
    async fn longest(&self, work: &mut Work<'_>, known: Duration) -> Result<Duration, ActionError> {
        let form = find_form(work.connection(), &self.form).await?.filter(|form| self.may_be_sent_to(form));
        let throttled = match form {
            Some(form) => self.throttled(work, form.company).await?,
            None => None,
        };
        Ok(known.max(throttled.unwrap_or_default()))
    }

    fn is_bot(&self) -> bool {
        self.website.as_ref().is_some_and(|text| !text.is_empty())
    }
}

/// Finds the company of an open form that the page may submit.
struct FindCompany<'a>(&'a LeadSubmit);

impl Action for FindCompany<'_> {
    type Done = CompanyId;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let form = find_form(work.connection(), &self.0.form).await?;
        Ok(self.0.company_of(form)?)
    }
}

/// A submission to the form of a company.
struct Submission<'a> {
    form: &'a LeadSubmit,
    company: CompanyId,
}

impl Action for Submission<'_> {
    type Done = ();

    fn company(&self, _: &Actor) -> Option<CompanyId> {
        Some(self.company)
    }

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let Self { form, company } = *self;
        let country = work.country_for(company, form.inquiry.phone.as_deref()).await?;
        let inquiry = form.inquiry.of_form().checked(country)?;
        let network = network_of(work);
        lock_network(work.connection(), lock_of(&network)).await?;
        let over = wait_after(work, &network, TimeDelta::hours(1), FORMS_PER_NETWORK_PER_HOUR).await?;
        if let Some(wait) = over {
            return Err(too_often(form.longest(work, wait).await?).into());
        }
        // The form may have been closed meanwhile.
        let open = open_form(work.connection(), &form.form).await?;
        form.company_of(open)?;
        if let Some(wait) = form.throttled(work, company).await? {
            return Err(too_often(wait).into());
        }
        let event = ActivityEvent::new(ActivityKind::LeadSubmitted).in_company(company);
        if form.is_bot() {
            // Limited over all networks, like other entries of callers without an account.
            if !may_record(work.actor(), None).await {
                return Ok(());
            }
            return work.record(event.with(json!({ "state": SPAM }))).await;
        }
        let contact = NewContact {
            company_id: company,
            identity_id: None,
            kind: ContactKind::Misc,
            name: inquiry.name.clone().unwrap_or_default(),
            email: inquiry.email.clone(),
            phone: inquiry.phone.clone(),
        };
        let contact = insert_contact(work.connection(), contact).await?;
        let lead = NewLead {
            company_id: company,
            contact_id: contact,
            source: LeadSource::Web,
            details: inquiry.details(),
            created_at: work.now(),
        };
        let lead = insert_lead(work.connection(), lead).await?;
        work.record(event.to(SubjectKind::Lead, lead).with(json!({ "state": ACCEPTED }))).await
    }
}

/// Finds the longest wait for a network without attempts left: other limits may last longer.
struct LongestWait<'a> {
    form: &'a LeadSubmit,
    attempts: Duration,
}

impl Action for LongestWait<'_> {
    type Done = Duration;

    const SCOPE: WriteScope = WriteScope::Accounts;

    async fn write(&self, work: &mut Work<'_>) -> Result<Duration, ActionError> {
        let network = network_of(work);
        let over = wait_after(work, &network, TimeDelta::hours(1), FORMS_PER_NETWORK_PER_HOUR).await?;
        self.form.longest(work, self.attempts.max(over.unwrap_or_default())).await
    }
}

fn network_of(work: &Work<'_>) -> Sent {
    work.actor().origin.network.map_or(Sent::FromUnknown, |address| Sent::From(subscriber(address).to_string()))
}

fn lock_of(network: &Sent) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(format!("form {network:?}").as_bytes()).as_bytes()[..8]);
    i64::from_le_bytes(bytes)
}

/// The wait after a number of forms; none if there were fewer.
async fn wait_after(
    work: &mut Work<'_>,
    sent: &Sent,
    within: TimeDelta,
    times: u32,
) -> Result<Option<Duration>, ActionError> {
    let now = work.now();
    let first = first_sent_since(work.connection(), sent, now - within, times).await?;
    Ok(first.map(|first| (first + within - now).to_std().unwrap_or_default()))
}

fn too_often(wait: Duration) -> Refusal {
    let minutes = wait.as_secs().div_ceil(60).max(1);
    let message = format!("too many forms were sent from your network: try again in {minutes} min");
    Refusal::new(RefusalCode::TooManyAttempts, message).after(wait)
}
