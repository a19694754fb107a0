//! Adds a client or a trade partner to a company's contacts.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::{ContactKind, Email};
use portico_core::country::Country;
use portico_core::id::ContactId;
use portico_core::refusal::RefusalCode;
use portico_store::contacts::{NewContact, insert_contact};

use super::{ResolvedPerson, resolve_person};
use crate::{Action, ActionError, ActivityEvent, Counted, Refusal, Work, check};

/// Adds a client by email address (ACC-1, ACC-2). For a person with an account, the company gets a separate contact with the
/// data that its staff entered and none of the account's (ACC-3).
///
/// A trade partner is added in the same way (ORG-3).
#[derive(Debug, Clone)]
pub struct ClientCreate {
    /// Kind of the contact: a client or a trade partner.
    pub kind: ContactKind,
    /// The name, as the company writes it.
    pub name: String,
    /// The email address.
    pub email: String,
    /// The telephone number.
    pub phone: Option<String>,
    /// Whether to link an existing account with this address.
    pub use_existing: bool,
}

impl ClientCreate {
    fn checked(&self, country: Option<Country>) -> Result<(String, Email, Option<String>), ActionError> {
        let (mut name, mut email, mut phone) = (None, None, None);
        let checks = [
            Some(check::contact_name(self.kind, "name", &self.name).map(|text| name = Some(text))),
            Some(check::email("email", &self.email).map(|address| email = Some(address))),
            self.phone.as_deref().map(|text| check::phone("phone", text, country).map(|number| phone = Some(number))),
        ];
        check::all(checks.into_iter().flatten())?;
        match (name, email) {
            (Some(name), Some(email)) => Ok((name, email, phone)),
            _ => Err(Refusal::blank("email").into()),
        }
    }
}

impl Action for ClientCreate {
    type Done = Counted<ContactId>;

    async fn write(&self, work: &mut Work<'_>) -> Result<Counted<ContactId>, ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let country = work.country_for(staff.company, self.phone.as_deref()).await?;
        let (name, email, phone) = self.checked(country)?;
        let identity = match resolve_person(work, &staff, &email, &name, self.use_existing, None).await? {
            Err(refusal) => return Ok(Err(refusal)),
            Ok(ResolvedPerson::Contact(contact, _)) => {
                let message =
                    "the company has a contact with this address already: use the contact in `meta.contactId`";
                return Err(Refusal::of(RefusalCode::Taken, "email", message).about_contact(contact).into());
            }
            Ok(ResolvedPerson::Identity(identity)) => identity,
        };
        let new = NewContact {
            company_id: staff.company,
            identity_id: Some(identity),
            kind: self.kind,
            name,
            email: Some(email.written().to_owned()),
            phone,
        };
        let contact = insert_contact(work.connection(), new).await?;
        let done =
            if self.kind == ContactKind::Trade { ActivityKind::TradeCreated } else { ActivityKind::ClientCreated };
        let event = ActivityEvent::new(done).in_company(staff.company);
        work.record(event.to(SubjectKind::Contact, contact)).await?;
        Ok(Ok(contact))
    }
}
