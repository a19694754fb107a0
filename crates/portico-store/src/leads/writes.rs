//! Leads, as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ContactId, LeadId, ProjectId};
use portico_core::leads::{LeadSource, LeadState};

use crate::StoreError;
use crate::schema::base::leads;

/// A lead that is to be written.
#[derive(Debug, Clone)]
pub struct NewLead {
    /// The company.
    pub company: CompanyId,
    /// Its card of whoever asked.
    pub contact: ContactId,
    /// How it came.
    pub source: LeadSource,
    /// What they wrote.
    pub message: Option<String>,
    /// What they are interested in.
    pub interest: Option<String>,
    /// When it came.
    pub at: DateTime<Utc>,
}

/// A company's own lead, as an action finds it.
#[derive(Debug, Clone, Queryable)]
pub struct OwnLead {
    /// The lead.
    pub id: LeadId,
    /// The card of whoever asked.
    pub contact: ContactId,
    /// Where it stands.
    pub state: LeadState,
}

/// Writes a lead.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn insert_lead(connection: &mut AsyncPgConnection, new: NewLead) -> Result<LeadId, StoreError> {
    let id = LeadId::generate();
    let row = (
        leads::id.eq(id),
        leads::company_id.eq(new.company),
        leads::contact_id.eq(new.contact),
        leads::state.eq(LeadState::New),
        leads::source.eq(new.source),
        leads::message.eq(new.message),
        leads::interest.eq(new.interest),
        leads::created_at.eq(new.at),
        leads::updated_at.eq(new.at),
        leads::version.eq(1),
    );
    diesel::insert_into(leads::table).values(row).execute(connection).await?;
    Ok(id)
}

/// The company's own lead with this id, which nobody else changes until the transaction ends. A lead of another company is as
/// one that is nowhere.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn own_lead(
    connection: &mut AsyncPgConnection,
    company: CompanyId,
    id: LeadId,
) -> Result<Option<OwnLead>, StoreError> {
    let own = leads::table.filter(leads::company_id.eq(company)).filter(leads::id.eq(id));
    Ok(own
        .select((leads::id, leads::contact_id, leads::state))
        .for_no_key_update()
        .first(connection)
        .await
        .optional()?)
}

/// Says where a lead stands now.
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn set_lead_state(
    connection: &mut AsyncPgConnection,
    lead: LeadId,
    state: LeadState,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let change = (leads::state.eq(state), leads::updated_at.eq(now), leads::version.eq(leads::version + 1));
    diesel::update(leads::table.find(lead)).set(change).execute(connection).await?;
    Ok(())
}

/// Says what became of a lead: a client on this card, and perhaps a project. All else of it stays (LEAD-4).
///
/// # Errors
///
/// [`StoreError`] when the database does not take it.
pub async fn convert_lead(
    connection: &mut AsyncPgConnection,
    lead: LeadId,
    client: ContactId,
    project: Option<ProjectId>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let change = (leads::contact_id.eq(client), leads::project_id.eq(project));
    diesel::update(leads::table.find(lead)).set(change).execute(connection).await?;
    set_lead_state(connection, lead, LeadState::Converted, now).await
}
