//! Mailed links, as actions write and use them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::contacts::Email;
use portico_core::id::{CompanyId, IdentityId, InvitationId, LinkId, new_uuid};
use portico_core::links::LinkPurpose;
use portico_core::mail::MailLink;
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::sign_in_links;

/// A link to insert.
#[derive(Debug, Clone)]
pub struct NewSignInLink {
    /// The person.
    pub identity: IdentityId,
    /// The purpose.
    pub purpose: LinkPurpose,
    /// The invitation, if the purpose is one.
    pub invitation: Option<InvitationId>,
    /// The company that sends the invitation, or to whose portal the link leads; none for the platform's own host.
    pub company: Option<CompanyId>,
    /// The email address to confirm, if the purpose is a confirmation.
    pub email: Option<Email>,
    /// Creation time.
    pub at: DateTime<Utc>,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
}

/// A stored link, without its token.
#[derive(Debug, Clone, Queryable)]
pub struct StoredLink {
    /// The link.
    pub id: LinkId,
    /// The person.
    pub identity: IdentityId,
    /// The nonce from which its token is derived, together with the installation's secret.
    pub nonce: Uuid,
    /// The purpose.
    pub purpose: LinkPurpose,
    /// The invitation, if the purpose is one.
    pub invitation: Option<InvitationId>,
    /// The company that sent the invitation, or to whose portal the link leads; none for the platform's own host.
    pub company: Option<CompanyId>,
    /// The email address to confirm, if the purpose is a confirmation.
    pub email: Option<String>,
    /// Expiry time.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// When it was replaced or withdrawn.
    pub voided_at: Option<DateTime<Utc>>,
}

impl StoredLink {
    /// Whether it is valid at a time.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.used_at.is_none() && self.voided_at.is_none() && now < self.expires_at
    }
}

/// Inserts a link.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_link(connection: &mut AsyncPgConnection, new: NewSignInLink) -> Result<MailLink, StoreError> {
    let (id, nonce) = (new_uuid(), random_uuid()?);
    let (written, canonical) =
        new.email.map(|email| (email.written().to_owned(), email.canonical().to_owned())).unzip();
    let row = (
        sign_in_links::id.eq(id),
        sign_in_links::identity_id.eq(new.identity),
        sign_in_links::nonce.eq(nonce),
        sign_in_links::purpose.eq(new.purpose),
        sign_in_links::invitation_id.eq(new.invitation),
        sign_in_links::company_id.eq(new.company),
        sign_in_links::email.eq(written),
        sign_in_links::email_canonical.eq(canonical),
        sign_in_links::created_at.eq(new.at),
        sign_in_links::expires_at.eq(new.expires_at),
    );
    diesel::insert_into(sign_in_links::table).values(row).execute(connection).await?;
    Ok(MailLink { id, nonce })
}

/// A random UUID for the nonce. Ids are ordered by time, and so predictable.
fn random_uuid() -> Result<Uuid, StoreError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(uuid::Builder::from_random_bytes(bytes).into_uuid())
}

/// A link by its id.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_link(connection: &mut AsyncPgConnection, id: Uuid) -> Result<Option<StoredLink>, StoreError> {
    let link = sign_in_links::table.find(LinkId(id)).select((
        sign_in_links::id,
        sign_in_links::identity_id,
        sign_in_links::nonce,
        sign_in_links::purpose,
        sign_in_links::invitation_id,
        sign_in_links::company_id,
        sign_in_links::email,
        sign_in_links::expires_at,
        sign_in_links::used_at,
        sign_in_links::voided_at,
    ));
    Ok(link.first(connection).await.optional()?)
}

/// Consumes a link. Of concurrent transactions only the first gets true.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn use_link(connection: &mut AsyncPgConnection, id: LinkId, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let open = sign_in_links::table
        .find(id)
        .filter(sign_in_links::used_at.is_null())
        .filter(sign_in_links::voided_at.is_null())
        .filter(sign_in_links::expires_at.gt(at));
    Ok(diesel::update(open).set(sign_in_links::used_at.eq(at)).execute(connection).await? == 1)
}

/// Expires a person's valid links of some purposes.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn void_links(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    purposes: &[LinkPurpose],
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let open = sign_in_links::table
        .filter(sign_in_links::identity_id.eq(identity))
        .filter(sign_in_links::purpose.eq_any(purposes.to_vec()))
        .filter(sign_in_links::used_at.is_null())
        .filter(sign_in_links::voided_at.is_null());
    diesel::update(open).set(sign_in_links::voided_at.eq(at)).execute(connection).await?;
    Ok(())
}

/// Expires a person's valid links of some purposes, except one.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn void_links_but(
    connection: &mut AsyncPgConnection,
    identity: IdentityId,
    purposes: &[LinkPurpose],
    but: LinkId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let open = sign_in_links::table
        .filter(sign_in_links::identity_id.eq(identity))
        .filter(sign_in_links::id.ne(but))
        .filter(sign_in_links::purpose.eq_any(purposes.to_vec()))
        .filter(sign_in_links::used_at.is_null())
        .filter(sign_in_links::voided_at.is_null());
    diesel::update(open).set(sign_in_links::voided_at.eq(at)).execute(connection).await?;
    Ok(())
}

/// Expires the links of an invitation.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn void_links_of(
    connection: &mut AsyncPgConnection,
    invitation: InvitationId,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let open = sign_in_links::table
        .filter(sign_in_links::invitation_id.eq(invitation))
        .filter(sign_in_links::used_at.is_null())
        .filter(sign_in_links::voided_at.is_null());
    diesel::update(open).set(sign_in_links::voided_at.eq(at)).execute(connection).await?;
    Ok(())
}
