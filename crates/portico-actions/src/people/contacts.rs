//! Checks of the contacts that are added to projects.

use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId};
use portico_core::people::ContactKind;
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::people::{count_members, find_contact};

use crate::{ActionError, Refusal, Work};

/// The input field of the contact.
const MEMBER: &str = "contactId";

/// The contact and its identity. Staff who add members to projects can read all contacts of the company, so the error may tell
/// the kind of the contact.
pub(super) async fn identity_of_contact(
    work: &mut Work<'_>,
    company: CompanyId,
    contact: Option<ContactId>,
    wanted: ContactKind,
) -> Result<(ContactId, IdentityId), ActionError> {
    let contact = contact.ok_or_else(|| Refusal::not_found(MEMBER))?;
    match find_contact(work.connection(), company, contact).await? {
        Some((kind, Some(identity))) if kind == wanted => Ok((contact, identity)),
        Some((kind, _)) => Err(wrong_contact_kind(MEMBER, kind, wanted).into()),
        None => Err(Refusal::not_found(MEMBER).into()),
    }
}

/// Rejects a further member of a locked project at the limit: the lists of members have no pages.
pub(super) async fn check_member_limit(
    work: &mut Work<'_>,
    project: ProjectId,
    kind: MembershipKind,
    most: u32,
) -> Result<(), ActionError> {
    if count_members(work.connection(), project, kind).await? < i64::from(most) {
        return Ok(());
    }
    let members = match kind {
        MembershipKind::Client => "clients",
        MembershipKind::Trade => "trade partners",
    };
    let message = format!("the project has {most} {members}, the maximum: remove one first");
    Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into())
}

/// Rejects a contact of the wrong kind, and names the mutation for its kind.
pub(crate) fn wrong_contact_kind(member: &str, kind: ContactKind, wanted: ContactKind) -> Refusal {
    let message = match (kind, wanted) {
        (ContactKind::Trade, _) => "this contact is a trade partner: use `projectTradeAdd`",
        (ContactKind::Client, ContactKind::Trade) => "this contact is a client: use `projectClientAdd`",
        (_, ContactKind::Trade) => "this contact is not a trade partner: use `tradeCreate` first",
        _ => "this contact is not a client: use `leadConvertToClient` or `contactConvertToProject` first",
    };
    Refusal::of(RefusalCode::Invalid, member, message)
}
