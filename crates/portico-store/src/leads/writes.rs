//! Leads, as actions write them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use portico_core::id::{CompanyId, ContactId, LeadId, ProjectId};
use portico_core::leads::LeadState;

use super::NewLead;
use crate::StoreError;
use crate::schema::base::leads;

/// A company's lead, as an action reads it.
#[derive(Debug, Clone, Queryable)]
pub struct OwnLead {
    /// The lead.
    pub id: LeadId,
    /// The contact.
    pub contact: ContactId,
    /// The state.
    pub state: LeadState,
}

/// Inserts a lead.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn insert_lead(connection: &mut AsyncPgConnection, new: NewLead) -> Result<LeadId, StoreError> {
    let id = LeadId::generate();
    let rest = (leads::state.eq(LeadState::New), leads::updated_at.eq(new.created_at), leads::version.eq(1));
    diesel::insert_into(leads::table).values((leads::id.eq(id), new, rest)).execute(connection).await?;
    Ok(id)
}

/// The company's lead with this id, locked. A lead of another company is not found.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
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

/// Changes the state of a lead.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
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

/// Marks a lead as converted, with its client and project. The rest stays (LEAD-4).
///
/// # Errors
///
/// [`StoreError`] if the write fails.
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
