//! A company's contacts, as actions write them.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::contacts::{ContactKind, Email};
use portico_core::id::{CompanyId, ContactId, IdentityId, InvitationId, ProjectMembershipId};
use portico_core::projects::MembershipKind;

use super::rows::{ContactChange, NewContact};
use crate::fragment::lower;
use crate::schema::base::{contacts, identities, invitations, leads, project_memberships, sign_in_links};
use crate::{Differences, StoreError};

/// A company's contact, as an action reads it.
#[derive(Debug, Clone, Queryable)]
pub struct OwnContact {
    /// The contact.
    pub id: ContactId,
    /// The identity; none for a contact without an account.
    pub identity: Option<IdentityId>,
    /// The kind of the contact.
    pub kind: ContactKind,
    /// The name.
    pub name: String,
    /// The email address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
}

/// Inserts a contact.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_contact(connection: &mut AsyncPgConnection, new: NewContact) -> Result<ContactId, StoreError> {
    let id = ContactId::generate();
    diesel::insert_into(contacts::table).values((contacts::id.eq(id), new)).execute(connection).await?;
    Ok(id)
}

/// The company's contact with this id, locked. A contact of another company is not found.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn own_contact(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ContactId,
) -> Result<Option<OwnContact>, StoreError> {
    let own = contacts::table.filter(contacts::company_id.eq(company)).filter(contacts::id.eq(id));
    let columns =
        (contacts::id, contacts::identity_id, contacts::kind, contacts::name, contacts::email, contacts::phone);
    Ok(own.select(columns).for_no_key_update().first(connection).await.optional()?)
}

/// The kind and the identity of a company's contact.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_contact(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ContactId,
) -> Result<Option<(ContactKind, Option<IdentityId>)>, StoreError> {
    let own = contacts::table.filter(contacts::company_id.eq(company)).filter(contacts::id.eq(id));
    Ok(own.select((contacts::kind, contacts::identity_id)).first(connection).await.optional()?)
}

/// The company's contact with exactly this address, clients first. Contacts of web forms do not count until they are clients:
/// otherwise strangers could block addresses.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn own_contact_with(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    email: &Email,
    other_than: Option<ContactId>,
) -> Result<Option<(ContactId, ContactKind)>, StoreError> {
    let with_person = identities::table
        .filter(identities::id.nullable().eq(contacts::identity_id))
        .filter(identities::email_canonical.eq(email.canonical()));
    let of_form = leads::table
        .filter(leads::contact_id.eq(contacts::id))
        .filter(leads::source.eq(portico_core::leads::LeadSource::Web));
    let by_text = lower(contacts::email.assume_not_null())
        .eq(email.canonical())
        .and(contacts::identity_id.is_null())
        .and(not(exists(of_form)));
    let mut own = contacts::table
        .filter(contacts::company_id.eq(company))
        .filter(exists(with_person).or(by_text))
        .order((contacts::kind, contacts::id))
        .into_boxed();
    if let Some(other) = other_than {
        own = own.filter(contacts::id.ne(other));
    }
    Ok(own.select((contacts::id, contacts::kind)).first(connection).await.optional()?)
}

/// Changes a contact, but not its account (RULE-1). Returns the changed fields.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_contact(
    connection: &mut AsyncPgConnection,
    contact: ContactId,
    change: ContactChange,
) -> Result<Differences<ContactChange>, StoreError> {
    let differences = change.differences(connection, contact).await?;
    if !differences.is_empty() {
        diesel::update(contacts::table.find(contact)).set(&differences.change).execute(connection).await?;
    }
    Ok(differences)
}

/// Makes a contact a client.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn make_client(
    connection: &mut AsyncPgConnection,
    contact: ContactId,
    identity: IdentityId,
) -> Result<(), StoreError> {
    let change = (contacts::kind.eq(ContactKind::Client), contacts::identity_id.eq(identity));
    diesel::update(contacts::table.find(contact)).set(change).execute(connection).await?;
    Ok(())
}

/// Links a contact to another person, with its unaccepted memberships of a kind. Their pending invitations and links expire, since
/// they were sent to the previous person (RULE-1). Returns their number.
///
/// Reads no rows of other companies: neither their contacts of the same person nor their invitations.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn link_contact_to(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    contact: ContactId,
    kind: MembershipKind,
    identity: IdentityId,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    diesel::update(contacts::table.find(contact)).set(contacts::identity_id.eq(identity)).execute(connection).await?;
    let accepted = invitations::table
        .filter(invitations::membership_id.eq(project_memberships::id))
        .filter(invitations::state.eq("ACCEPTED"));
    let memberships: Vec<ProjectMembershipId> = project_memberships::table
        .filter(project_memberships::company_id.eq(company))
        .filter(project_memberships::contact_id.eq(contact))
        .filter(project_memberships::kind.eq(kind))
        .filter(project_memberships::removed_at.is_null())
        .filter(not(exists(accepted)))
        .select(project_memberships::id)
        .order(project_memberships::id)
        .for_no_key_update()
        .load(connection)
        .await?;
    diesel::update(project_memberships::table.filter(project_memberships::id.eq_any(&memberships)))
        .set((
            project_memberships::identity_id.eq(identity),
            project_memberships::access_level.eq("NONE"),
            project_memberships::web_access.eq(false),
        ))
        .execute(connection)
        .await?;
    end_invitations(connection, &memberships, now).await
}

async fn end_invitations(
    connection: &mut AsyncPgConnection,
    memberships: &[ProjectMembershipId],
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let open = invitations::table
        .filter(invitations::membership_id.eq_any(memberships))
        .filter(invitations::state.eq_any(["INVITED", "EXPIRED"]));
    let ended: Vec<InvitationId> = diesel::update(open)
        .set((invitations::state.eq("REMOVED"), invitations::ended_at.eq(now)))
        .returning(invitations::id)
        .get_results(connection)
        .await?;
    let links = sign_in_links::table
        .filter(sign_in_links::invitation_id.eq_any(&ended))
        .filter(sign_in_links::used_at.is_null())
        .filter(sign_in_links::voided_at.is_null());
    diesel::update(links).set(sign_in_links::voided_at.eq(now)).execute(connection).await?;
    Ok(ended.len())
}
