//! What the worker asks of the queue.
//!
//! A delivery that is taken is leased: its next attempt is put ahead of now, in a transaction that ends before anything is
//! sent. So no transaction is open while a mail server talks, no other worker takes the delivery meanwhile, and one whose worker has
//! died is taken again when the lease is over. The attempt is counted when it is taken: a delivery that kills its worker is
//! not tried for ever.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, DeliveryId};
use portico_core::mail::{DeliveryState, MailTemplate};
use serde_json::Value;
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::{companies, company_brandings, deliveries, email_templates};

/// The longest error that is kept, in characters.
const MAX_ERROR: usize = 500;

/// A delivery with all that is needed to write the mail.
#[derive(Debug, Clone)]
pub struct DueDelivery {
    /// The delivery.
    pub id: DeliveryId,
    /// What it is about, and about nothing else.
    pub key: String,
    /// In whose name it is sent.
    pub company: Option<DeliveryCompany>,
    /// Which mail.
    pub template: MailTemplate,
    /// To which address.
    pub to_address: String,
    /// How the recipient is called.
    pub to_name: Option<String>,
    /// What it says.
    pub values: Value,
    /// From what the token of its link is made.
    pub link: Option<DeliveryLink>,
    /// The host of the portal that it leads to.
    pub portal_host: Option<String>,
    /// The attempts so far, with the one that is under way.
    pub attempts: i32,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

/// A company, as far as its mails show it.
#[derive(Debug, Clone)]
pub struct DeliveryCompany {
    /// The company.
    pub id: CompanyId,
    /// Its name.
    pub name: String,
    /// `#rrggbb`, if it has chosen one.
    pub color: Option<String>,
    /// What it has written instead of the standard text of this mail.
    pub body: Option<String>,
}

/// A link's row.
#[derive(Debug, Clone, Copy)]
pub struct DeliveryLink {
    /// The link.
    pub id: Uuid,
    /// The nonce in its row.
    pub nonce: Uuid,
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries, check_for_backend(diesel::pg::Pg))]
struct DeliveryRow {
    id: DeliveryId,
    key: String,
    template: MailTemplate,
    to_address: String,
    to_name: Option<String>,
    values: Value,
    link_id: Option<Uuid>,
    link_nonce: Option<Uuid>,
    portal_host: Option<String>,
    attempts: i32,
    created_at: DateTime<Utc>,
}

/// Takes deliveries that are due, the oldest first, and leases them. To be called in a transaction of its own, which commits
/// before anything is sent. Workers that do so at once get different ones.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn take_due(
    connection: &mut AsyncPgConnection,
    now: DateTime<Utc>,
    lease: TimeDelta,
    limit: i64,
) -> Result<Vec<DueDelivery>, StoreError> {
    let ids: Vec<DeliveryId> = deliveries::table
        .filter(deliveries::state.eq(DeliveryState::Waiting))
        .filter(deliveries::next_attempt_at.le(now))
        .order((deliveries::next_attempt_at, deliveries::id))
        .limit(limit)
        .select(deliveries::id)
        .for_update()
        .skip_locked()
        .load(connection)
        .await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let leased = (
        deliveries::attempts.eq(deliveries::attempts + 1),
        deliveries::last_attempt_at.eq(now),
        deliveries::next_attempt_at.eq(now + lease),
    );
    diesel::update(deliveries::table.filter(deliveries::id.eq_any(ids.clone())))
        .set(leased)
        .execute(connection)
        .await?;
    deliveries_by_id(connection, ids).await
}

/// Deliveries in whatever state, the oldest first, without taking them.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn deliveries_by_id(
    connection: &mut AsyncPgConnection,
    ids: Vec<DeliveryId>,
) -> Result<Vec<DueDelivery>, StoreError> {
    let of_company = companies::id.nullable().eq(deliveries::company_id);
    let branding = company_brandings::company_id.nullable().eq(deliveries::company_id);
    let own_body = email_templates::company_id
        .nullable()
        .eq(deliveries::company_id)
        .and(email_templates::key.eq(deliveries::template));
    let rows = deliveries::table
        .left_join(companies::table.on(of_company))
        .left_join(company_brandings::table.on(branding))
        .left_join(email_templates::table.on(own_body))
        .filter(deliveries::id.eq_any(ids))
        .order((deliveries::created_at, deliveries::id))
        .select((
            DeliveryRow::as_select(),
            (companies::id, companies::name).nullable(),
            company_brandings::primary_color.nullable(),
            email_templates::body.nullable(),
        ))
        .load::<(DeliveryRow, Option<(CompanyId, String)>, Option<String>, Option<String>)>(connection)
        .await?;
    Ok(rows.into_iter().map(|(row, company, color, body)| row.with_company(company, color, body)).collect())
}

impl DeliveryRow {
    fn with_company(
        self,
        company: Option<(CompanyId, String)>,
        color: Option<String>,
        body: Option<String>,
    ) -> DueDelivery {
        DueDelivery {
            id: self.id,
            key: self.key,
            company: company.map(|(id, name)| DeliveryCompany { id, name, color, body }),
            template: self.template,
            to_address: self.to_address,
            to_name: self.to_name,
            values: self.values,
            link: self.link_id.zip(self.link_nonce).map(|(id, nonce)| DeliveryLink { id, nonce }),
            portal_host: self.portal_host,
            attempts: self.attempts,
            created_at: self.created_at,
        }
    }
}

/// A mail server took it. Counts whoever says so: even a worker whose lease is over has sent it.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn mark_sent(
    connection: &mut AsyncPgConnection,
    id: DeliveryId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let no_error = None::<String>;
    let sent =
        (deliveries::state.eq(DeliveryState::Sent), deliveries::sent_at.eq(now), deliveries::last_error.eq(no_error));
    diesel::update(deliveries::table.filter(deliveries::id.eq(id))).set(sent).execute(connection).await?;
    Ok(())
}

/// A mail server refused it for good.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn mark_refused(
    connection: &mut AsyncPgConnection,
    delivery: &DueDelivery,
    error: &str,
) -> Result<(), StoreError> {
    end(connection, delivery, DeliveryState::Refused, error).await
}

/// It was tried too often, or cannot be written; somebody has to look.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn park(connection: &mut AsyncPgConnection, delivery: &DueDelivery, error: &str) -> Result<(), StoreError> {
    end(connection, delivery, DeliveryState::Parked, error).await
}

/// It did not go through this time.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn retry_later(
    connection: &mut AsyncPgConnection,
    delivery: &DueDelivery,
    at: DateTime<Utc>,
    error: &str,
) -> Result<(), StoreError> {
    let later = (deliveries::next_attempt_at.eq(at), deliveries::last_error.eq(shortened(error)));
    diesel::update(leased(delivery)).set(later).execute(connection).await?;
    Ok(())
}

/// Withdraws the waiting mails about a subject: a later mail replaces them, or their link has been revoked.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn withdraw_waiting(connection: &mut AsyncPgConnection, subject: Uuid) -> Result<(), StoreError> {
    let waiting = deliveries::table
        .filter(deliveries::subject_id.eq(subject))
        .filter(deliveries::state.eq(DeliveryState::Waiting));
    diesel::update(waiting).set(deliveries::state.eq(DeliveryState::Withdrawn)).execute(connection).await?;
    Ok(())
}

async fn end(
    connection: &mut AsyncPgConnection,
    delivery: &DueDelivery,
    state: DeliveryState,
    error: &str,
) -> Result<(), StoreError> {
    let ended = (deliveries::state.eq(state), deliveries::last_error.eq(shortened(error)));
    diesel::update(leased(delivery)).set(ended).execute(connection).await?;
    Ok(())
}

/// The delivery, as long as nobody else has taken it since: a worker that was slow must not undo what another one did.
#[diesel::dsl::auto_type]
fn leased(delivery: &DueDelivery) -> _ {
    let id: DeliveryId = delivery.id;
    let attempts: i32 = delivery.attempts;
    let waiting: DeliveryState = DeliveryState::Waiting;
    deliveries::table
        .filter(deliveries::id.eq(id))
        .filter(deliveries::attempts.eq(attempts))
        .filter(deliveries::state.eq(waiting))
}

fn shortened(error: &str) -> String {
    error.chars().map(|char| if char.is_control() { ' ' } else { char }).take(MAX_ERROR).collect()
}
