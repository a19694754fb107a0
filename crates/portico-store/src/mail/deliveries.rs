//! What actions write: a mail that is to be sent.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, DeliveryId};
use portico_core::mail::MailTemplate;
use serde_json::Value;
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::deliveries;

/// A mail that is to be sent as soon as the transaction that writes it has committed.
#[derive(Debug, Clone)]
pub struct NewDelivery {
    /// What it is about, such as `invitation:<id>:<number of the sending>`: nothing is sent twice for one key. Whoever wants a
    /// mail to be sent again says so in the key.
    pub key: String,
    /// The company in whose name it is sent; none for a mail that is about an account alone.
    pub company_id: Option<CompanyId>,
    /// Which mail.
    pub template: MailTemplate,
    /// To which address.
    pub to_address: String,
    /// How the recipient is called, if that is known.
    pub to_name: Option<String>,
    /// What it says: an object with exactly the names in [`MailTemplate::values`], plain data and never a token.
    pub values: Value,
    /// The link that it holds, if its template has one.
    pub link: Option<NewLink>,
    /// The host of the portal that it leads to, if it has a link or leads there.
    pub portal_host: Option<String>,
    /// When it was written, which is also when it is due.
    pub at: DateTime<Utc>,
}

/// A link, as its own row has it. The token is made by the worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewLink {
    /// The link's row.
    pub id: Uuid,
    /// The nonce in it.
    pub nonce: Uuid,
}

impl NewDelivery {
    /// Whether it says what its template says, so that a mistake is found where it is made and not in the worker.
    fn check(&self) -> Result<(), StoreError> {
        let template = self.template;
        let wrong = |what: &str| Err(StoreError::Failed(format!("a delivery of {template} {what}")));
        let Some(values) = self.values.as_object() else { return wrong("has values that are no object") };
        let (names, wanted) = (values.keys().map(String::as_str), template.values());
        if values.len() != wanted.len() || !names.clone().all(|name| wanted.contains(&name)) {
            return wrong(&format!("has the values {:?}, and not {wanted:?}", names.collect::<Vec<_>>()));
        }
        if values.values().any(|value| value.is_array() || value.is_object()) {
            return wrong("has a value that is not one text, number or null");
        }
        if template.has_link() != self.link.is_some() {
            return wrong(if template.has_link() { "has no link" } else { "must not have a link" });
        }
        if template.is_to_unproved() && self.to_name.is_some() {
            return wrong("names a person whose address nobody has proved");
        }
        if (template.has_link() || template.has_portal()) && self.portal_host.is_none() {
            return wrong("has no portal's host");
        }
        if !template.is_of_account() && self.company_id.is_none() {
            return wrong("has no company");
        }
        Ok(())
    }
}

/// Writes a delivery, in the transaction of the caller, who is to wake the worker after the commit. False if the key is known: then
/// nothing was written, and nothing is sent.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or the delivery does not say what its template says.
pub async fn insert_delivery(connection: &mut AsyncPgConnection, new: &NewDelivery) -> Result<bool, StoreError> {
    new.check()?;
    let row = (
        deliveries::id.eq(DeliveryId::generate()),
        deliveries::key.eq(new.key.clone()),
        deliveries::company_id.eq(new.company_id),
        deliveries::template.eq(new.template),
        deliveries::to_address.eq(new.to_address.clone()),
        deliveries::to_name.eq(new.to_name.clone()),
        deliveries::values.eq(new.values.clone()),
        deliveries::link_id.eq(new.link.map(|link| link.id)),
        deliveries::link_nonce.eq(new.link.map(|link| link.nonce)),
        deliveries::portal_host.eq(new.portal_host.clone()),
        deliveries::state.eq(portico_core::mail::DeliveryState::Waiting),
        deliveries::attempts.eq(0),
        deliveries::next_attempt_at.eq(new.at),
        deliveries::created_at.eq(new.at),
    );
    let written = diesel::insert_into(deliveries::table)
        .values(row)
        .on_conflict(deliveries::key)
        .do_nothing()
        .execute(connection)
        .await?;
    Ok(written == 1)
}
