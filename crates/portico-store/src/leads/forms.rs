//! The forms by which people ask, and how often they are sent.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::activity::ActivityKind;
use portico_core::id::CompanyId;

use crate::StoreError;
use crate::schema::base::{activity, companies, lead_forms};

/// Which form somebody means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormName {
    /// The company's short name, where the key alone does not have to say it.
    pub company_slug: Option<String>,
    /// The form's key.
    pub key: String,
}

/// A form that takes what is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenForm {
    /// Whose it is.
    pub company: CompanyId,
    /// The web origins whose pages may send it.
    pub allowed_origins: Vec<String>,
}

/// The form, if it exists and is open, locked until the transaction ends, so that forms are counted one after the other.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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

/// The form, if it exists and is open, without a lock.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
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

/// What is to be changed of a company's form; what is none stays.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = lead_forms)]
pub struct FormChange {
    /// Whether it takes what is sent.
    pub is_open: Option<bool>,
    /// The web origins whose pages may send it.
    pub allowed_origins: Option<Vec<String>>,
    /// By which pages name it. The one that it had names nothing any more.
    pub key: Option<String>,
}

/// Changes a company's form. Where there is none yet it comes to be, open, with `first_key`.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn change_form(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    first_key: &str,
    change: FormChange,
) -> Result<(), StoreError> {
    diesel::insert_into(lead_forms::table)
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
    if change.is_open.is_some() || change.allowed_origins.is_some() || change.key.is_some() {
        diesel::update(lead_forms::table.find(company)).set(change).execute(connection).await?;
    }
    Ok(())
}

/// PostgreSQL has no U+0000 in its texts, so that no form has it either.
fn can_be_text(text: &str) -> bool {
    !text.contains('\0')
}

/// The web origins whose pages may send the form with this key; none of a form that is closed, or nowhere.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn origins_of_form(connection: &mut AsyncPgConnection, key: &str) -> Result<Vec<String>, StoreError> {
    if !can_be_text(key) {
        return Ok(Vec::new());
    }
    let form = lead_forms::table.filter(lead_forms::key.eq(key)).filter(lead_forms::is_open);
    let origins: Option<Vec<String>> = form.select(lead_forms::allowed_origins).first(connection).await.optional()?;
    Ok(origins.unwrap_or_default())
}

/// Lets one sender at a time of a network go on.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn hold_network(connection: &mut AsyncPgConnection, key: i64) -> Result<(), StoreError> {
    diesel::sql_query("select pg_advisory_xact_lock($1)").bind::<BigInt, _>(key).execute(connection).await?;
    Ok(())
}

/// Whose forms are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sent {
    /// Those to a company.
    To(CompanyId),
    /// Those from a network: `203.0.113.7/32`.
    From(String),
    /// Those of which nobody knows where they came from.
    FromNowhere,
}

/// The first of the last `times` forms in a state since then, if as many were sent.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn first_sent_since(
    connection: &mut AsyncPgConnection,
    sent: &Sent,
    state: &str,
    since: DateTime<Utc>,
    times: u32,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let counted = activity::table
        .filter(activity::kind.eq(ActivityKind::LeadSubmitted))
        .filter(activity::at.gt(since))
        .filter(sql::<Bool>("details->>'state' = ").bind::<Text, _>(state.to_owned()))
        .order(activity::at.desc())
        .offset(i64::from(times) - 1)
        .select(activity::at)
        .into_boxed();
    let counted = match sent {
        Sent::To(company) => counted.filter(activity::company_id.eq(*company)),
        Sent::From(network) => {
            counted.filter(sql::<Bool>("network::inet <<= ").bind::<Text, _>(network.clone()).sql("::inet"))
        }
        Sent::FromNowhere => counted.filter(activity::network.is_null()),
    };
    Ok(counted.first(connection).await.optional()?)
}
