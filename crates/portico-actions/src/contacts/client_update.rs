//! Changes a company's contact of a client or a trade partner.

use portico_core::access::Permission;
use portico_core::activity::{ActivityKind, SubjectKind};
use portico_core::contacts::{ContactKind, Email};
use portico_core::country::Country;
use portico_core::id::{ContactId, IdentityId};
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::StoreError;
use portico_store::accounts::lock_identity;
use portico_store::contacts::{ContactChange, OwnContact, change_contact, link_contact_to, own_contact};
use portico_store::sessions::ActingStaff;
use serde_json::json;

use super::{ResolvedPerson, resolve_person};
use crate::{Action, ActionError, ActivityEvent, Refusal, Work, check};

/// Changes a company's contact of a client. `None` keeps the current value. Never changes the account, and nothing once
/// the user manages the account (ACC-10, RULE-1).
///
/// A different address links the contact to a different person. So its pending invitations and their links expire, and
/// its memberships lose access. Otherwise a company could redirect a person whom another company has invited.
///
/// A trade partner's contact is changed in the same way (ORG-3).
#[derive(Debug, Clone)]
pub struct ClientUpdate {
    /// Kind of the contact: `TRADE` for a trade partner, `CLIENT` for all others.
    pub kind: ContactKind,
    /// The contact.
    pub contact: ContactId,
    /// The name.
    pub name: Option<String>,
    /// The telephone number; `Some(None)` clears it.
    pub phone: Option<Option<String>>,
    /// The email address.
    pub email: Option<String>,
}

impl ClientUpdate {
    fn checked(&self, country: Option<Country>) -> Result<(ContactChange, Option<Email>), ActionError> {
        let (mut change, mut email) = (ContactChange::default(), None);
        let read = |phone: &str| check::phone("phone", phone, country);
        let phone = self.phone.as_ref().map(|phone| phone.as_deref().map(read).transpose());
        let checks = [
            self.name
                .as_deref()
                .map(|text| check::contact_name(self.kind, "name", text).map(|name| change.name = Some(name))),
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
        let mut changed = change_contact(work.connection(), contact.id, change).await?.names;
        let mut ended = 0;
        if let (Some(email), Some(known_as)) = (&email, known_as)
            && !is_same(&known_as, email)
        {
            ended = link_to(work, &staff, &contact, email).await?;
            // Also if the contact has this address already, and its account another one.
            if !changed.contains(&"email") {
                changed.push("email");
            }
        }
        let is_trade = contact.kind == ContactKind::Trade;
        let done = if is_trade { ActivityKind::TradeChanged } else { ActivityKind::ClientChanged };
        let event = ActivityEvent::new(done).in_company(staff.company);
        let event = event.to(SubjectKind::Contact, contact.id).with(json!({ "invitations_ended": ended }));
        work.record_changes(event, &changed).await
    }
}

/// Rejects a contact of the wrong kind. Staff who change contacts can read all of them, so the error may tell the kind.
fn refuse_other_kind(kind: ContactKind, wanted: ContactKind) -> Result<(), Refusal> {
    let message = match (kind == ContactKind::Trade, wanted == ContactKind::Trade) {
        (true, false) => "this contact is a trade partner: use `tradeUpdate`",
        (false, true) => "this contact is not a trade partner: use `clientUpdate`",
        _ => return Ok(()),
    };
    Err(Refusal::of(RefusalCode::Invalid, "id", message))
}

/// The account's address. Rejects the change if the user manages the account.
async fn refuse_managed(work: &mut Work<'_>, identity: IdentityId) -> Result<String, ActionError> {
    let (is_claimed, address) = lock_identity(work.connection(), identity).await?;
    if is_claimed {
        let message = "the user manages this account: request a review with `clientRequestContactReview`";
        return Err(Refusal::of(RefusalCode::ManagedByUser, "id", message).into());
    }
    Ok(address)
}

fn is_same(address: &str, email: &Email) -> bool {
    address.parse::<Email>().is_ok_and(|known| known.canonical() == email.canonical())
}

async fn link_to(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    contact: &OwnContact,
    email: &Email,
) -> Result<usize, ActionError> {
    let taken = |remedy: &str| {
        let message = format!("the company has another contact with this address: {remedy}");
        Refusal::of(RefusalCode::Taken, "email", message)
    };
    let identity = match resolve_person(work, staff, email, &contact.name, true, Some(contact.id)).await? {
        Err(refusal) => return Err(refusal.into()),
        Ok(ResolvedPerson::Contact(other, _)) => {
            return Err(taken("use the contact in `meta.contactId`").about_contact(other).into());
        }
        Ok(ResolvedPerson::Identity(identity)) => identity,
    };
    let now = work.now();
    let is_trade = contact.kind == ContactKind::Trade;
    let memberships = if is_trade { MembershipKind::Trade } else { MembershipKind::Client };
    match link_contact_to(work.connection(), staff.company, contact.id, memberships, identity, now).await {
        // Another request has just added it.
        Err(StoreError::Taken(_)) => Err(taken("retry to learn which").into()),
        ended => Ok(ended?),
    }
}
