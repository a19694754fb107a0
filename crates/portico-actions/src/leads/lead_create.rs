//! Adds a lead on behalf of staff: a person who called, wrote or walked in (LEAD-8).

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::ContactKind;
use portico_core::id::{ContactId, LeadId};
use portico_core::leads::LeadSource;
use portico_core::refusal::RefusalCode;
use portico_store::contacts::{NewContact, insert_contact, own_contact};
use portico_store::leads::{NewLead, insert_lead};
use portico_store::sessions::ActingStaff;

use super::Inquiry;
use crate::{Action, ActionError, ActivityEvent, Refusal, Work};

/// Adds a lead for an existing contact or a new one.
#[derive(Debug, Clone, Default)]
pub struct LeadCreate {
    /// The company's contact; `None` for a new one.
    pub contact: Option<ContactId>,
    /// The request. Name, email address and telephone number are those of a new contact.
    pub inquiry: Inquiry,
}

impl Action for LeadCreate {
    type Done = LeadId;

    async fn write(&self, work: &mut Work<'_>) -> Result<LeadId, ActionError> {
        let staff = work.staff(Permission::LeadsManage).await?;
        let country = work.country_for(staff.company, self.inquiry.phone.as_deref()).await?;
        let mut inquiry = self.inquiry.checked(country)?;
        let (name, email, phone) = (inquiry.name.take(), inquiry.email.take(), inquiry.phone.take());
        let contact = match (self.contact, name) {
            (Some(contact), None) if email.is_none() && phone.is_none() => known(work, &staff, contact).await?,
            (Some(_), _) => {
                let message =
                    "give either `contactId` or the `name` of a new contact, with optional `email` and `phone`";
                return Err(Refusal::of(RefusalCode::Invalid, "contactId", message).into());
            }
            (None, Some(name)) => {
                let new = NewContact {
                    company_id: staff.company,
                    identity_id: None,
                    kind: ContactKind::Misc,
                    name,
                    email,
                    phone,
                };
                insert_contact(work.connection(), new).await?
            }
            (None, None) => return Err(Refusal::blank("name").into()),
        };
        let lead = NewLead {
            company_id: staff.company,
            contact_id: contact,
            source: LeadSource::Staff,
            details: inquiry.details(),
            created_at: work.now(),
        };
        let lead = insert_lead(work.connection(), lead).await?;
        let event = ActivityEvent::new(ActivityKind::LeadCreated).in_company(staff.company);
        work.record(event.to(SubjectKind::Lead, lead)).await?;
        Ok(lead)
    }
}

async fn known(work: &mut Work<'_>, staff: &ActingStaff, contact: ContactId) -> Result<ContactId, ActionError> {
    let contact = own_contact(work.connection(), staff.company, contact).await?;
    Ok(contact.ok_or_else(|| Refusal::not_found("contactId"))?.id)
}
