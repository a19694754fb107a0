//! Lead forms, and the number of their submissions.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::activity::ActivityKind;
use portico_core::id::CompanyId;

use super::rows::FormChange;
use crate::schema::base::{activity, companies, lead_forms};
use crate::{Differences, StoreError};

/// The form of a submission.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormName {
    /// The company's slug; none if the key is enough.
    pub company_slug: Option<String>,
    /// The form's key.
    pub key: String,
}

/// An open form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenForm {
    /// The company.
    pub company: CompanyId,
    /// Web origins whose pages may submit it.
    pub allowed_origins: Vec<String>,
}

/// The form, if open, locked so that submissions are counted one after the other.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn open_form(connection: &mut AsyncPgConnection, name: &FormName) -> Result<Option<OpenForm>, StoreError> {
    let Some(form) = find_form(connection, name).await? else { return Ok(None) };
    lead_forms::table
        .find(form.company)
        .select(lead_forms::company_id)
        .for_no_key_update()
        .first::<CompanyId>(connection)
        .await?;
    Ok(Some(form))
}

/// The form, if open, without a lock.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn find_form(connection: &mut AsyncPgConnection, name: &FormName) -> Result<Option<OpenForm>, StoreError> {
    if !can_be_text(&name.key) || !name.company_slug.iter().all(|slug| can_be_text(slug)) {
        return Ok(None);
    }
    let mut form = lead_forms::table
        .inner_join(companies::table.on(companies::id.eq(lead_forms::company_id)))
        .filter(lead_forms::key.eq(name.key.clone()))
        .filter(lead_forms::is_open)
        .select((lead_forms::company_id, lead_forms::allowed_origins, companies::slug))
        .into_boxed();
    if let Some(slug) = &name.company_slug {
        form = form.filter(companies::slug.eq(slug.clone()));
    }
    let found: Option<(CompanyId, Vec<String>, String)> = form.first(connection).await.optional()?;
    Ok(found.map(|(company, allowed_origins, _)| OpenForm { company, allowed_origins }))
}

/// Changes a company's form, or creates it, open, with `first_key`. Returns the changed fields, including the key of a new form.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn change_form(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    first_key: &str,
    change: FormChange,
) -> Result<Differences<FormChange>, StoreError> {
    let created = diesel::insert_into(lead_forms::table)
        .values((
            lead_forms::company_id.eq(company),
            lead_forms::key.eq(first_key),
            lead_forms::is_open.eq(true),
            lead_forms::allowed_origins.eq(Vec::<String>::new()),
        ))
        .on_conflict(lead_forms::company_id)
        .do_nothing()
        .execute(connection)
        .await?;
    let mut differences = change.differences(connection, company).await?;
    if !differences.is_empty() {
        diesel::update(lead_forms::table.find(company)).set(&differences.change).execute(connection).await?;
    }
    if created == 1 && !differences.names.contains(&"key") {
        differences.names.push("key");
    }
    Ok(differences)
}

/// PostgreSQL texts cannot contain U+0000, so a key with one does not exist.
fn can_be_text(text: &str) -> bool {
    !text.contains('\0')
}

/// Web origins whose pages may submit the form with this key; none for a closed or unknown form.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn origins_of_form(connection: &mut AsyncPgConnection, key: &str) -> Result<Option<Vec<String>>, StoreError> {
    if !can_be_text(key) {
        return Ok(None);
    }
    let form = lead_forms::table.filter(lead_forms::key.eq(key)).filter(lead_forms::is_open);
    Ok(form.select(lead_forms::allowed_origins).first(connection).await.optional()?)
}

/// Locks a network, so that its submissions are counted one after the other.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn lock_network(connection: &mut AsyncPgConnection, key: i64) -> Result<(), StoreError> {
    diesel::sql_query("select pg_advisory_xact_lock($1)").bind::<BigInt, _>(key).execute(connection).await?;
    Ok(())
}

/// Which submissions to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Accepted ones to a company.
    To(CompanyId),
    /// From a network, of bots as well: `203.0.113.7/32`.
    From(String),
    /// From an unknown network, of bots as well.
    FromUnknown,
}

/// The time of the first of the last `times` submissions since then, if there were as many.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn first_sent_since(
    connection: &mut AsyncPgConnection,
    sent: &Sent,
    since: DateTime<Utc>,
    times: u32,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let counted = activity::table
        .filter(activity::kind.eq(ActivityKind::LeadSubmitted))
        .filter(activity::at.gt(since))
        .order(activity::at.desc())
        .offset(i64::from(times) - 1)
        .select(activity::at)
        .into_boxed();
    let counted = match sent {
        Sent::To(company) => {
            let is_accepted = sql::<Bool>("details->>'state' = 'NEW'");
            counted.filter(activity::company_id.eq(*company)).filter(is_accepted)
        }
        Sent::From(network) => {
            counted.filter(sql::<Bool>("network::inet <<= ").bind::<Text, _>(network.clone()).sql("::inet"))
        }
        Sent::FromUnknown => counted.filter(activity::network.is_null()),
    };
    Ok(counted.first(connection).await.optional()?)
}
