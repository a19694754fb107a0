//! Adds a lead on behalf of staff: a person who called, wrote or walked in (LEAD-8).

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::ContactKind;
use portico_core::country::Country;
use portico_core::id::{ContactId, LeadId};
use portico_core::leads::LeadSource;
use portico_core::refusal::RefusalCode;
use portico_store::contacts::{NewContact, insert_contact, own_contact};
use portico_store::leads::{NewLead, insert_lead};
use portico_store::sessions::ActingStaff;

use super::lead_submit::{INTEREST, MESSAGE};
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Adds a lead for an existing contact or a new one.
#[derive(Debug, Clone, Default)]
pub struct LeadCreate {
    /// The company's contact; `None` for a new one.
    pub contact: Option<ContactId>,
    /// The name of a new contact.
    pub name: Option<String>,
    /// The email address of a new contact.
    pub email: Option<String>,
    /// The telephone number of a new contact.
    pub phone: Option<String>,
    /// The product or service of interest.
    pub interest: Option<String>,
    /// The message.
    pub message: Option<String>,
}

struct Checked {
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    interest: Option<String>,
    message: Option<String>,
}

impl LeadCreate {
    fn checked(&self, country: Option<Country>) -> Result<Checked, ActionError> {
        let mut checked = Checked { name: None, email: None, phone: None, interest: None, message: None };
        let (name, email, phone) = (self.name.as_deref(), self.email.as_deref(), self.phone.as_deref());
        let interest = self.interest.as_deref().map(|it| check::text("interest", it, INTEREST));
        let message = self.message.as_deref().map(|it| check::body("message", it, MESSAGE));
        let checks = [
            name.map(|it| check::person_name("name", it).map(|it| checked.name = Some(it))),
            email.map(|it| check::email("email", it).map(|it| checked.email = Some(it.written().to_owned()))),
            phone.map(|it| check::phone("phone", it, country).map(|it| checked.phone = Some(it))),
            interest.map(|it| it.map(|it| checked.interest = Some(it))),
            message.map(|it| it.map(|it| checked.message = Some(it))),
        ];
        check::all(checks.into_iter().flatten())?;
        Ok(checked)
    }
}

impl Action for LeadCreate {
    type Done = LeadId;

    async fn write(&self, work: &mut Work<'_>) -> Result<LeadId, ActionError> {
        let staff = work.staff(Permission::LeadsManage).await?;
        let country = work.country_for(staff.company, self.phone.as_deref()).await?;
        let Checked { name, email, phone, interest, message } = self.checked(country)?;
        let contact = match (self.contact, name) {
            (Some(contact), None) if email.is_none() && phone.is_none() => known(work, &staff, contact).await?,
            (Some(_), _) => {
                let message = "give either `contactId`, or `name`, `email` and `phone` of a new contact";
                return Err(Refusal::of(RefusalCode::Invalid, "contactId", message).into());
            }
            (None, Some(name)) => {
                let (company, kind) = (staff.company, ContactKind::Misc);
                let new = NewContact { company, identity: None, kind, name, email, phone };
                insert_contact(work.connection(), new).await?
            }
            (None, None) => return Err(Refusal::blank("name").into()),
        };
        let (company, source, at) = (staff.company, LeadSource::Staff, work.now());
        let lead = insert_lead(work.connection(), NewLead { company, contact, source, message, interest, at }).await?;
        let event = ActivityEvent::new(ActivityKind::LeadCreated).in_company(company);
        work.record(event.to(SubjectKind::Lead, lead)).await?;
        Ok(lead)
    }
}

async fn known(work: &mut Work<'_>, staff: &ActingStaff, contact: ContactId) -> Result<ContactId, ActionError> {
    let contact = own_contact(work.connection(), staff.company, contact).await?;
    Ok(contact.ok_or_else(|| Refusal::not_found("contactId"))?.id)
}
