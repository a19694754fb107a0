//! Somebody asks for information on a company's own site.

use std::time::Duration;

use chrono::TimeDelta;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::country::Country;
use portico_core::id::CompanyId;
use portico_core::leads::LeadSource;
use portico_core::network::{self, neighborhood, subscriber};
use portico_core::people::ContactKind;
use portico_core::refusal::RefusalCode;
use portico_core::text::is_blank;
use portico_store::leads::{
    FormName, NewLead, OpenForm, Sent, find_form, first_sent_since, hold_network, insert_lead, open_form,
};
use portico_store::people::{NewContact, country_of_form, insert_contact};
use serde_json::json;

use crate::{Action, ActionError, Actor, Happened, Refusal, TryRate, Work, check};

/// How many forms an hour are accepted from one network (LEAD-1).
pub const PER_NETWORK_AN_HOUR: u32 = 5;
/// After how many accepted forms a day a company's form slows those who have sent it before. It is never closed: whoever could
/// close it would keep everybody else's from the company.
pub const BRAKE_AFTER: u32 = 200;
/// How many forms a day are accepted from one neighborhood of networks while the brake is on.
pub const BRAKED_A_DAY: u32 = 2;
/// What one network may send, accepted or not. It is counted before the database is asked.
const ATTEMPTS: TryRate = TryRate { at_once: 20, then_every: Duration::from_secs(30) };
/// What the trail says of a form that was accepted, and of a machine's.
const ACCEPTED: &str = "NEW";
const SPAM: &str = "SPAM";
/// The longest message, in characters.
pub(super) const MESSAGE: usize = 4_000;
/// The longest interest, in characters.
pub(super) const INTEREST: usize = 200;

/// Takes in what somebody wrote into a company's form: a card of the kind MISC, and a lead from the web (LEAD-3). Both are new,
/// whoever they say that they are: nobody has proved that the address is theirs.
///
/// It is told apart from nothing whether a company, a form or a key is wrong, or the form is closed. Accepted forms are counted by
/// the network that the connection comes from; nothing that its sender writes into a header has a say, and no network can use up
/// what another may send.
#[derive(Debug, Clone)]
pub struct LeadSubmit {
    /// Which form.
    pub form: FormName,
    /// The web origin of the page that sends it, if a browser says so.
    pub web_origin: Option<String>,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The telephone number.
    pub phone: Option<String>,
    /// The product or service that they are interested in.
    pub interest: Option<String>,
    /// What they want to know.
    pub message: Option<String>,
    /// A field that no person sees, and that machines fill in.
    pub website: Option<String>,
}

struct Checked {
    name: String,
    email: String,
    phone: Option<String>,
    interest: Option<String>,
    message: Option<String>,
}

impl LeadSubmit {
    /// Sends the form.
    ///
    /// # Errors
    ///
    /// [`ActionError::Refused`] for what is wrong in it, for forms that take nothing, and for networks that send too much.
    pub async fn run(self, actor: &Actor) -> Result<(), ActionError> {
        // Also those that are wrong: each takes a connection to say so.
        let attempt = format!("lead:network:{}", network::name_of(actor.origin.network));
        if let Err(wait) = actor.installation.tries.count(attempt, ATTEMPTS).await {
            // It is refused anyway, even while the database does not answer.
            let longest = actor.look(&LongestWait { form: &self, attempts: wait }).await;
            return Err(too_often(longest.unwrap_or(wait)).into());
        }
        actor.perform(&self).await
    }

    /// The values, checked; the telephone number is read with the company's country.
    fn checked(&self, country: Option<Country>) -> Result<Checked, ActionError> {
        let mut checked =
            Checked { name: String::new(), email: String::new(), phone: None, interest: None, message: None };
        // Forms send what was left empty as an empty text.
        let filled = |text: &Option<String>| text.clone().filter(|text| !is_blank(text));
        let checks = [
            Some(check::name("name", &self.name).map(|text| checked.name = text)),
            Some(check::email("email", &self.email).map(|email| email.written().clone_into(&mut checked.email))),
            filled(&self.phone)
                .map(|text| check::phone("phone", &text, country).map(|phone| checked.phone = Some(phone))),
            filled(&self.interest)
                .map(|text| check::text("interest", &text, INTEREST).map(|text| checked.interest = Some(text))),
            filled(&self.message)
                .map(|text| check::body("message", &text, MESSAGE).map(|text| checked.message = Some(text))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok(checked)
    }

    async fn find_company(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let form = open_form(work.connection(), &self.form).await?.filter(|form| self.may_be_sent_to(form));
        let closed = || Refusal::new(RefusalCode::NotFound, "this form does not take anything");
        Ok(form.ok_or_else(closed)?.company)
    }

    fn may_be_sent_to(&self, form: &OpenForm) -> bool {
        self.web_origin.as_ref().is_none_or(|origin| form.allowed_origins.contains(origin))
    }

    /// Answers a machine as it would be answered if it were a person. What it says is not kept, nor counted against anybody; that
    /// it came is recorded only as often as people may send.
    async fn take_for_spam(&self, work: &mut Work<'_>, network: &Sent, is_over: bool) -> Result<(), ActionError> {
        let company = self.find_company(work).await?;
        let since = work.now() - TimeDelta::hours(1);
        if is_over || first_sent_since(work.connection(), network, SPAM, since, PER_NETWORK_AN_HOUR).await?.is_some() {
            return Ok(());
        }
        let happened = Happened::new(ActivityKind::LeadSubmitted).in_company(company);
        work.record(happened.with(json!({ "state": SPAM }))).await
    }

    /// How long this network has to wait once a company has had more forms in a day than people send. Networks that have not sent
    /// it any do not wait.
    async fn braked(&self, work: &mut Work<'_>, company: CompanyId) -> Result<Option<Duration>, ActionError> {
        let since = work.now() - TimeDelta::days(1);
        if first_sent_since(work.connection(), &Sent::To(company), ACCEPTED, since, BRAKE_AFTER).await?.is_none() {
            return Ok(None);
        }
        let neighborhood = work.actor().origin.network.map(neighborhood);
        let sent = neighborhood.map_or(Sent::FromNowhere, |network| Sent::From(network.to_string()));
        wait_after(work, &sent, TimeDelta::days(1), BRAKED_A_DAY).await
    }

    /// The longest wait, for a network that another limit refuses already.
    async fn longest(&self, work: &mut Work<'_>, known: Duration) -> Result<Duration, ActionError> {
        let form = find_form(work.connection(), &self.form).await?.filter(|form| self.may_be_sent_to(form));
        let braked = match form {
            Some(form) => self.braked(work, form.company).await?,
            None => None,
        };
        Ok(known.max(braked.unwrap_or_default()))
    }

    fn is_machines(&self) -> bool {
        self.website.as_ref().is_some_and(|text| !text.is_empty())
    }
}

impl Action for LeadSubmit {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let country = match &self.phone {
            Some(_) => country_of_form(work.connection(), &self.form).await?,
            None => None,
        };
        let checked = self.checked(country)?;
        let network = network_of(work);
        hold_network(work.connection(), lock_of(&network)).await?;
        let over = wait_after(work, &network, TimeDelta::hours(1), PER_NETWORK_AN_HOUR).await?;
        if self.is_machines() {
            return self.take_for_spam(work, &network, over.is_some()).await;
        }
        if let Some(wait) = over {
            return Err(too_often(self.longest(work, wait).await?).into());
        }
        let company = self.find_company(work).await?;
        if let Some(wait) = self.braked(work, company).await? {
            return Err(too_often(wait).into());
        }
        let happened = Happened::new(ActivityKind::LeadSubmitted).in_company(company);
        let contact = NewContact {
            company,
            identity: None,
            kind: ContactKind::Misc,
            name: checked.name,
            email: Some(checked.email),
            phone: checked.phone,
        };
        let contact = insert_contact(work.connection(), contact).await?;
        let at = work.now();
        let (source, interest, message) = (LeadSource::Web, checked.interest, checked.message);
        let lead = NewLead { company, contact, source, message, interest, at };
        let lead = insert_lead(work.connection(), lead).await?;
        work.record(happened.to(SubjectKind::Lead, lead).with(json!({ "state": ACCEPTED }))).await
    }
}

/// Looks up how long a network has to wait whose attempts are used up: the other limits may hold longer.
struct LongestWait<'a> {
    form: &'a LeadSubmit,
    attempts: Duration,
}

impl Action for LongestWait<'_> {
    type Done = Duration;

    async fn write(&self, work: &mut Work<'_>) -> Result<Duration, ActionError> {
        let network = network_of(work);
        let over = wait_after(work, &network, TimeDelta::hours(1), PER_NETWORK_AN_HOUR).await?;
        self.form.longest(work, self.attempts.max(over.unwrap_or_default())).await
    }
}

fn network_of(work: &Work<'_>) -> Sent {
    work.actor().origin.network.map_or(Sent::FromNowhere, |address| Sent::From(subscriber(address).to_string()))
}

fn lock_of(network: &Sent) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(format!("form {network:?}").as_bytes()).as_bytes()[..8]);
    i64::from_le_bytes(bytes)
}

/// How long to wait after so many accepted forms; none if there were fewer.
async fn wait_after(
    work: &mut Work<'_>,
    sent: &Sent,
    within: TimeDelta,
    times: u32,
) -> Result<Option<Duration>, ActionError> {
    let now = work.now();
    let first = first_sent_since(work.connection(), sent, ACCEPTED, now - within, times).await?;
    Ok(first.map(|first| (first + within - now).to_std().unwrap_or_default()))
}

fn too_often(wait: Duration) -> Refusal {
    let minutes = wait.as_secs().div_ceil(60).max(1);
    let message = format!("too many forms were sent from your network; try again in {minutes} min");
    Refusal::new(RefusalCode::TooManyTries, message).after(wait)
}
