//! A company's cards of people, as actions write them.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ContactId, IdentityId, InvitationId, ProjectMembershipId};
use portico_core::people::{ContactKind, Email};
use portico_core::projects::MembershipKind;

use crate::StoreError;
use crate::schema::base::{contacts, identities, invitations, leads, project_memberships, sign_in_links};

diesel::define_sql_function! {
    /// PostgreSQL's `lower`.
    fn lower(text: Text) -> Text;
}

/// A card that is to be written.
#[derive(Debug, Clone)]
pub struct NewContact {
    /// The company.
    pub company: CompanyId,
    /// The person behind it; none as long as the company has only heard of them.
    pub identity: Option<IdentityId>,
    /// What they are to the company.
    pub kind: ContactKind,
    /// Their name.
    pub name: String,
    /// Their address, as it was written.
    pub email: Option<String>,
    /// Their number, E.164.
    pub phone: Option<String>,
}

/// A company's own card, as an action finds it.
#[derive(Debug, Clone, Queryable)]
pub struct OwnContact {
    /// The card.
    pub id: ContactId,
    /// The person behind it.
    pub identity: Option<IdentityId>,
    /// What they are to the company.
    pub kind: ContactKind,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
}

/// What is to be changed of a card; what is none stays.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = contacts)]
pub struct ContactChange {
    /// The name.
    pub name: Option<String>,
    /// The telephone number; none within takes it away.
    pub phone: Option<Option<String>>,
    /// The address, as it is written.
    pub email: Option<String>,
}

impl ContactChange {
    /// What it changes.
    pub fn names(&self) -> Vec<&'static str> {
        let Self { name, phone, email } = self;
        let all = [("name", name.is_some()), ("phone", phone.is_some()), ("email", email.is_some())];
        all.into_iter().filter_map(|(name, is_changed)| is_changed.then_some(name)).collect()
    }
}

/// Writes a card.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn insert_contact(connection: &mut AsyncPgConnection, new: NewContact) -> Result<ContactId, StoreError> {
    let id = ContactId::generate();
    let row = (
        contacts::id.eq(id),
        contacts::company_id.eq(new.company),
        contacts::identity_id.eq(new.identity),
        contacts::kind.eq(new.kind),
        contacts::name.eq(new.name),
        contacts::email.eq(new.email),
        contacts::phone.eq(new.phone),
    );
    diesel::insert_into(contacts::table).values(row).execute(connection).await?;
    Ok(id)
}

/// The company's own card with this id, which nobody else changes until the transaction ends. A card of another company is as
/// one that is nowhere.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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

/// What a company's own contact is to it, and the person behind it.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn contact_behind(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: ContactId,
) -> Result<Option<(ContactKind, Option<IdentityId>)>, StoreError> {
    let own = contacts::table.filter(contacts::company_id.eq(company)).filter(contacts::id.eq(id));
    Ok(own.select((contacts::kind, contacts::identity_id)).first(connection).await.optional()?)
}

/// The company's own card of the person with exactly this address, clients first. What somebody wrote into a form on the web
/// does not count as long as nobody has made a client of it: else strangers could keep addresses from being taken in.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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
/// Changes a card, and nothing of the person behind it (RULE-1).
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn change_contact(
    connection: &mut AsyncPgConnection,
    contact: ContactId,
    change: ContactChange,
) -> Result<(), StoreError> {
    if !change.names().is_empty() {
        diesel::update(contacts::table.find(contact)).set(change).execute(connection).await?;
    }
    Ok(())
}

/// Makes a client of whoever is on a card.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn make_client(
    connection: &mut AsyncPgConnection,
    contact: ContactId,
    identity: IdentityId,
) -> Result<(), StoreError> {
    let change = (contacts::kind.eq(ContactKind::Client), contacts::identity_id.eq(identity));
    diesel::update(contacts::table.find(contact)).set(change).execute(connection).await?;
    Ok(())
}

/// Points a card at another person, with all its places of a kind that nobody has come into yet. Their open invitations end, and the
/// links of those open nothing any more: they were sent to somebody else (RULE-1). Answers how many ended.
///
/// Nothing of any other company is looked at: neither its cards of the same person nor its invitations.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn point_contact_at(
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
    let places: Vec<ProjectMembershipId> = project_memberships::table
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
    diesel::update(project_memberships::table.filter(project_memberships::id.eq_any(&places)))
        .set((
            project_memberships::identity_id.eq(identity),
            project_memberships::access_level.eq("NONE"),
            project_memberships::web_access.eq(false),
        ))
        .execute(connection)
        .await?;
    end_invitations(connection, &places, now).await
}

async fn end_invitations(
    connection: &mut AsyncPgConnection,
    places: &[ProjectMembershipId],
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let open = invitations::table
        .filter(invitations::membership_id.eq_any(places))
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
