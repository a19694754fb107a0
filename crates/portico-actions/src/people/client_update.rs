//! A company changes what it has of a client or a trade partner.

use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::country::Country;
use portico_core::id::{ContactId, IdentityId};
use portico_core::people::{ContactKind, Email, Permission};
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::people::{
    ActingStaff, ContactChange, OwnContact, change_contact, hold_identity, own_contact, point_contact_at,
};
use serde_json::json;

use super::{Met, meet};
use crate::{Action, ActionError, Happened, Refusal, Work, check};

/// Changes a company's card of a client; what is none stays. Never the person behind it, and nothing at all once the person
/// looks after their account themselves (ACC-10, RULE-1).
///
/// Another address points the card at whoever has that one: at somebody else. So the card's open invitations end, their links
/// with them, and its places are without access again. Else a company could send a person whom another has invited into its
/// own hands.
///
/// A trade partner's contact is changed in the same way (ORG-3).
#[derive(Debug, Clone)]
pub struct ClientUpdate {
    /// What the contact is to the company: `TRADE` for a trade partner, `CLIENT` for all others.
    pub kind: ContactKind,
    /// The card.
    pub contact: ContactId,
    /// The name.
    pub name: Option<String>,
    /// The telephone number; none within takes it away.
    pub phone: Option<Option<String>>,
    /// The address.
    pub email: Option<String>,
}

impl ClientUpdate {
    fn checked(&self, country: Option<Country>) -> Result<(ContactChange, Option<Email>), ActionError> {
        let (mut change, mut email) = (ContactChange::default(), None);
        let read = |phone: &str| check::phone("phone", phone, country);
        let phone = self.phone.as_ref().map(|phone| phone.as_deref().map(read).transpose());
        let checks = [
            self.name.as_deref().map(|text| check::name("name", text).map(|name| change.name = Some(name))),
            self.email.as_deref().map(|text| check::email("email", text).map(|address| email = Some(address))),
            phone.map(|phone| phone.map(|phone| change.phone = Some(phone))),
        ];
        check::all(checks.into_iter().flatten())?;
        change.email = email.as_ref().map(|email| email.written().to_owned());
        Ok((change, email))
    }
}

impl Action for ClientUpdate {
    type Done = ();

    async fn write(&self, work: &mut Work<'_>) -> Result<(), ActionError> {
        let staff = work.staff(Permission::ClientsInvite).await?;
        let contact = own_contact(work.connection(), staff.company, self.contact).await?;
        let contact = contact.ok_or_else(|| Refusal::not_found("id"))?;
        refuse_other_kind(contact.kind, self.kind)?;
        let phone = self.phone.as_ref().and_then(|phone| phone.as_deref());
        let country = work.country_for(staff.company, phone).await?;
        let (change, email) = self.checked(country)?;
        let known_as = match contact.identity {
            Some(identity) => Some(refuse_managed(work, identity).await?),
            None => None,
        };
        let changed = change.names();
        change_contact(work.connection(), contact.id, change).await?;
        let mut ended = 0;
        if let (Some(email), Some(known_as)) = (&email, known_as)
            && !is_same(&known_as, email)
        {
            ended = point_at(work, &staff, &contact, email).await?;
        }
        let is_trade = contact.kind == ContactKind::Trade;
        let done = if is_trade { ActivityKind::TradeChanged } else { ActivityKind::ClientChanged };
        let happened = Happened::new(done).in_company(staff.company);
        let details = json!({ "changed": changed, "invitations_ended": ended });
        work.record(happened.to(SubjectKind::Contact, contact.id).with(details)).await
    }
}

/// Staff who may change contacts read all of their company's, so a contact of another kind is named as that.
fn refuse_other_kind(kind: ContactKind, wanted: ContactKind) -> Result<(), Refusal> {
    let message = match (kind == ContactKind::Trade, wanted == ContactKind::Trade) {
        (true, false) => "this contact is a trade partner; change it with `tradeUpdate`",
        (false, true) => "this contact is not a trade partner; change it with `clientUpdate`",
        _ => return Ok(()),
    };
    Err(Refusal::of(RefusalCode::Invalid, "id", message))
}

/// The person's own address; refused if they look after their account themselves.
async fn refuse_managed(work: &mut Work<'_>, identity: IdentityId) -> Result<String, ActionError> {
    let (is_claimed, address) = hold_identity(work.connection(), identity).await?;
    if is_claimed {
        let message = "this person looks after their own account; ask them to check what you have of them";
        return Err(Refusal::of(RefusalCode::ManagedByUser, "id", message).into());
    }
    Ok(address)
}

fn is_same(address: &str, email: &Email) -> bool {
    address.parse::<Email>().is_ok_and(|known| known.canonical() == email.canonical())
}

async fn point_at(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    contact: &OwnContact,
    email: &Email,
) -> Result<usize, ActionError> {
    let taken = || Refusal::of(RefusalCode::Taken, "email", "the company has a contact with this address already");
    let identity = match meet(work, staff, email, &contact.name, true, Some(contact.id)).await? {
        Err(refusal) => return Err(refusal.into()),
        Ok(Met::Own(..)) => return Err(taken().into()),
        Ok(Met::Person(identity)) => identity,
    };
    let now = work.now();
    let is_trade = contact.kind == ContactKind::Trade;
    let places = if is_trade { MembershipKind::Trade } else { MembershipKind::Client };
    match point_contact_at(work.connection(), staff.company, contact.id, places, identity, now).await {
        Err(StoreError::Taken(_)) => Err(taken().into()),
        ended => Ok(ended?),
    }
}
