//! How a company comes to know a person by their address.

use chrono::TimeDelta;
use portico_core::activity::ActivityKind;
use portico_core::id::{ContactId, IdentityId};
use portico_core::people::{ContactKind, Email};
use portico_core::refusal::RefusalCode;
use portico_store::people::{
    ActingStaff, find_or_create_identity, first_met_since, hold_identity, hold_staff, own_contact_with,
};
use serde_json::json;

use crate::{ActionError, Counted, Happened, Refusal, Work};

/// How often an hour somebody of the staff may come to know that an address is a person's on the platform (RULE-9).
pub const KNOWN_AN_HOUR: u32 = 30;

/// Whom an address belongs to, for a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Met {
    /// Somebody of whom the company has no card yet.
    Person(IdentityId),
    /// Somebody of whom it has this one.
    Own(ContactId, ContactKind),
}

/// Looks up the person with exactly this address (ACC-15), and makes them known if nobody has it. Staff come to know that
/// somebody was there, and nothing else of them: no name, no number, no company (ACC-3). That is counted, by person, whether
/// it is told or used; who has had their share is refused before anything is looked up, whatever they ask for, since another
/// answer for the known than for the unknown would go on telling.
pub(crate) async fn meet(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    email: &Email,
    name: &str,
    use_existing: bool,
    other_than: Option<ContactId>,
) -> Result<Counted<Met>, ActionError> {
    refuse_who_knows_enough(work, staff).await?;
    let found = find_or_create_identity(work.connection(), email, name).await?;
    // Whoever of the same company comes second waits here, and then finds the card of the first.
    hold_identity(work.connection(), found.id).await?;
    if let Some((contact, kind)) = own_contact_with(work.connection(), staff.company, email, other_than).await? {
        return Ok(Ok(Met::Own(contact, kind)));
    }
    if found.was_there {
        let happened = Happened::new(ActivityKind::ClientKnownElsewhere).in_company(staff.company);
        work.record(happened.with(json!({ "used": use_existing }))).await?;
        if !use_existing {
            let message = "somebody with this address has an account already; set `useExisting` to take them in";
            return Ok(Err(Refusal::of(RefusalCode::IdentityExists, "email", message)));
        }
    }
    Ok(Ok(Met::Person(found.id)))
}

async fn refuse_who_knows_enough(work: &mut Work<'_>, staff: &ActingStaff) -> Result<(), ActionError> {
    let (person, now, hour) = (work.person().await?.identity, work.now(), TimeDelta::hours(1));
    hold_staff(work.connection(), staff.membership).await?;
    let Some(first) = first_met_since(work.connection(), person, now - hour, KNOWN_AN_HOUR).await? else {
        return Ok(());
    };
    let wait = (first + hour - now).to_std().unwrap_or_default();
    let message = "you have asked for too many addresses that are known already; please try again later";
    Err(Refusal::new(RefusalCode::TooManyTries, message).after(wait).into())
}
