//! Finds the person with an email address for a company.

use chrono::TimeDelta;
use portico_core::activity::ActivityKind;
use portico_core::contacts::{ContactKind, Email};
use portico_core::id::{ContactId, IdentityId};
use portico_core::refusal::RefusalCode;
use portico_store::accounts::{find_or_create_identity, lock_identity};
use portico_store::contacts::{first_lookup_since, lock_staff, own_contact_with};
use portico_store::sessions::ActingStaff;
use serde_json::json;

use crate::{ActionError, ActivityEvent, Counted, Refusal, Work};

/// Addresses with an account that a member of staff may learn per hour (RULE-9).
pub const KNOWN_ADDRESSES_PER_HOUR: u32 = 30;

/// The owner of an email address, from a company's point of view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResolvedPerson {
    /// A person without a contact in the company.
    Identity(IdentityId),
    /// A person with this contact in the company.
    Contact(ContactId, ContactKind),
}

/// Finds the person with exactly this address (ACC-15), or creates one.
///
/// Staff learn only that an account exists: no name, number or company (ACC-3). Each time is counted per member of staff. At the
/// limit every address is rejected before the lookup, since a different result for unknown addresses would reveal the rest.
pub(crate) async fn resolve_person(
    work: &mut Work<'_>,
    staff: &ActingStaff,
    email: &Email,
    name: &str,
    use_existing: bool,
    other_than: Option<ContactId>,
) -> Result<Counted<ResolvedPerson>, ActionError> {
    check_lookup_limit(work, staff).await?;
    let found = find_or_create_identity(work.connection(), email, name).await?;
    // A concurrent request of the same company waits here, and then finds the contact of the first one.
    lock_identity(work.connection(), found.id).await?;
    if let Some((contact, kind)) = own_contact_with(work.connection(), staff.company, email, other_than).await? {
        return Ok(Ok(ResolvedPerson::Contact(contact, kind)));
    }
    if found.existed {
        let event = ActivityEvent::new(ActivityKind::ClientKnownElsewhere).in_company(staff.company);
        work.record(event.with(json!({ "used": use_existing }))).await?;
        if !use_existing {
            let message = "an account with this address exists already: set `useExisting` to link it";
            return Ok(Err(Refusal::of(RefusalCode::IdentityExists, "email", message)));
        }
    }
    Ok(Ok(ResolvedPerson::Identity(found.id)))
}

async fn check_lookup_limit(work: &mut Work<'_>, staff: &ActingStaff) -> Result<(), ActionError> {
    let (person, now, hour) = (work.person().await?.identity, work.now(), TimeDelta::hours(1));
    lock_staff(work.connection(), staff.membership).await?;
    let Some(first) = first_lookup_since(work.connection(), person, now - hour, KNOWN_ADDRESSES_PER_HOUR).await? else {
        return Ok(());
    };
    let wait = (first + hour - now).to_std().unwrap_or_default();
    let message = "too many lookups of addresses with accounts: try again later";
    Err(Refusal::new(RefusalCode::TooManyAttempts, message).after(wait).into())
}
