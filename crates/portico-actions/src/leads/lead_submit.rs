//! Somebody asks for information on a company's own site.

use chrono::TimeDelta;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::id::CompanyId;
use portico_core::leads::LeadSource;
use portico_core::network::subscriber;
use portico_core::people::ContactKind;
use portico_core::refusal::RefusalCode;
use portico_store::leads::{FormName, NewLead, Sent, first_sent_since, hold_network, insert_lead, open_form};
use portico_store::people::{NewContact, insert_contact};
use serde_json::json;

use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// How many forms an hour are taken from one network (LEAD-1).
pub const PER_NETWORK_AN_HOUR: u32 = 5;
/// How many forms a day are taken for one company.
pub const PER_COMPANY_A_DAY: u32 = 200;
/// The longest message, in characters.
const MESSAGE: usize = 4_000;

/// Takes in what somebody wrote into a company's form: a card of the kind MISC, and a lead from the web (LEAD-3). Both are new,
/// whoever they say that they are: nobody has proved that the address is theirs.
///
/// It is told apart from nothing whether a company, a form or a key is wrong, or the form is closed. How often it is sent is
/// counted by the network that the connection comes from, and by company; nothing that its sender writes into a header has a say.
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
    /// What they want to know.
    pub message: Option<String>,
    /// A field that no person sees, and that machines fill in.
    pub website: Option<String>,
}

struct Checked {
    name: String,
    email: String,
    phone: Option<String>,
    message: Option<String>,
}

impl LeadSubmit {
    fn checked(&self) -> Result<Checked, ActionError> {
        let mut checked = Checked { name: String::new(), email: String::new(), phone: None, message: None };
        // Forms send what was left empty as an empty text.
        let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let checks = [
            Some(check::text("name", &self.name, check::NAME).map(|text| checked.name = text)),
            Some(check::email("email", &self.email).map(|email| email.written().clone_into(&mut checked.email))),
            filled(&self.phone).map(|text| check::phone("phone", &text).map(|phone| checked.phone = Some(phone))),
            filled(&self.message)
                .map(|text| check::body("message", &text, MESSAGE).map(|text| checked.message = Some(text))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok(checked)
    }

    async fn find_company(&self, work: &mut Work<'_>) -> Result<CompanyId, ActionError> {
        let form = open_form(work.connection(), &self.form)
            .await?
            .filter(|form| self.web_origin.as_ref().is_none_or(|origin| form.allowed_origins.contains(origin)));
        let closed = || Refusal::new(RefusalCode::NotFound, "this form does not take anything");
        Ok(form.ok_or_else(closed)?.company)
    }

    fn is_machines(&self) -> bool {
        self.website.as_ref().is_some_and(|text| !text.is_empty())
    }
}

impl Action for LeadSubmit {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let checked = self.checked()?;
        let network = work.actor().origin.network;
        let network = network.map_or(Sent::FromNowhere, |address| Sent::From(subscriber(address).to_string()));
        hold_network(work.connection(), lock_of(&network)).await?;
        refuse_more_than(work, &network, TimeDelta::hours(1), PER_NETWORK_AN_HOUR).await?;
        let company = self.find_company(work).await?;
        refuse_more_than(work, &Sent::To(company), TimeDelta::days(1), PER_COMPANY_A_DAY).await?;
        let happened = Happened::new(ActivityKind::LeadSubmitted).in_company(company);
        if self.is_machines() {
            // Counted like any other, and answered like any other; what it says is not kept.
            return work.record(happened.with(json!({ "state": "SPAM" }))).await;
        }
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
        let (source, message) = (LeadSource::Web, checked.message);
        let lead = NewLead { company, contact, source, message, interest: None, at };
        let lead = insert_lead(work.connection(), lead).await?;
        work.record(happened.to(SubjectKind::Lead, lead).with(json!({ "state": "NEW" }))).await
    }
}

fn lock_of(network: &Sent) -> i64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&blake3::hash(format!("form {network:?}").as_bytes()).as_bytes()[..8]);
    i64::from_le_bytes(bytes)
}

async fn refuse_more_than(work: &mut Work<'_>, sent: &Sent, within: TimeDelta, times: u32) -> Result<(), ActionError> {
    let now = work.now();
    let Some(first) = first_sent_since(work.connection(), sent, now - within, times).await? else { return Ok(()) };
    let wait = (first + within - now).to_std().unwrap_or_default();
    Err(Refusal::new(RefusalCode::TooManyTries, "this form was sent too often; please try again later")
        .after(wait)
        .into())
}
