//! Contacts, as operations on projects take them: of one kind, and with a person behind them.

use portico_core::id::{CompanyId, ContactId, IdentityId, ProjectId};
use portico_core::people::ContactKind;
use portico_core::projects::MembershipKind;
use portico_core::refusal::RefusalCode;
use portico_store::people::{contact_behind, count_members};

use crate::{ActionError, Refusal, Work};

/// The member of the input that names the contact.
const MEMBER: &str = "contactId";

/// The contact, and the person behind it. Staff who add people to projects read all of their company's contacts, so a contact of
/// another kind is named as that.
pub(super) async fn person_behind(
    work: &mut Work<'_>,
    company: CompanyId,
    contact: Option<ContactId>,
    wanted: ContactKind,
) -> Result<(ContactId, IdentityId), ActionError> {
    let contact = contact.ok_or_else(|| Refusal::not_found(MEMBER))?;
    match contact_behind(work.connection(), company, contact).await? {
        Some((kind, Some(identity))) if kind == wanted => Ok((contact, identity)),
        Some((kind, _)) => Err(of_another_kind(MEMBER, kind, wanted).into()),
        None => Err(Refusal::not_found(MEMBER).into()),
    }
}

/// Refuses one more member of a project, which is locked, where there are as many as there may be: the lists have no pages.
pub(super) async fn refuse_more_than(
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
    let message = format!("a project has at most {most} {members}: remove one first");
    Err(Refusal::of(RefusalCode::InvalidState, "projectId", message).into())
}

/// Refuses a contact that is not what an operation takes, and names the operation that takes it.
pub(crate) fn of_another_kind(member: &str, kind: ContactKind, wanted: ContactKind) -> Refusal {
    let message = match (kind, wanted) {
        (ContactKind::Trade, _) => {
            "this contact is a trade partner; `projectTradeAdd` adds trade partners to a project"
        }
        (ContactKind::Client, ContactKind::Trade) => {
            "this contact is a client; `projectClientAdd` adds clients to a project"
        }
        (_, ContactKind::Trade) => "this contact is not a trade partner; `tradeCreate` adds a trade partner",
        _ => "this contact is not a client yet; `leadConvertToClient` and `contactConvertToProject` make clients",
    };
    Refusal::of(RefusalCode::Invalid, member, message)
}
