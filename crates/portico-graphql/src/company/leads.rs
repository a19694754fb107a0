//! Leads of the company.

use async_graphql::{Context, ID, InputObject};
use portico_core::leads::LeadList;
use portico_core::page::{Position, SortValue};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::leads::{LeadCount, LeadPage, LeadRow};

use crate::contacts::contact_id;
use crate::error::ApiError;
use crate::leads::{Lead, LeadState};
use crate::page::{PageArguments, RequestCursors, connection};
use crate::projects::search_words;

connection! {
    /// Page of leads.
    LeadConnection, LeadEdge of Lead(LeadRow), counted by LeadCount, shared with (STAFF)
}

/// Filter by state of the lead.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct LeadStateFilter {
    #[graphql(name = "in")]
    one_of: Vec<LeadState>,
}

/// Filter of leads. Conditions are combined with AND.
#[gated(STAFF)]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct LeadFilter {
    /// State of the lead.
    state: Option<LeadStateFilter>,
    /// ID of the contact who sent the request.
    contact_id: Option<ID>,
}

/// A page of the company's leads.
pub(super) async fn leads_page(
    ctx: &Context<'_>,
    page: PageArguments,
    filter: Option<LeadFilter>,
    query: Option<String>,
) -> Result<LeadConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let LeadFilter { state, contact_id: contact } = filter.unwrap_or_default();
    let contact = contact.map(|id| contact_id(&id, "filter.contactId")).transpose()?;
    let state_in = state.map(|state| state.one_of.into_iter().map(Into::into).collect());
    let list = LeadList { state_in, contact, search: search_words(query)? };
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &format!("leads|{list:?}"));
    let slice = page.slice(&cursors)?;
    let page = loader.load(LeadPage { list: list.clone(), slice }).await?;
    // The list is sorted by microseconds.
    let position = |row: &LeadRow| Position { value: SortValue::Int(row.created_at.timestamp_micros()), id: row.id.0 };
    Ok(LeadConnection::new(page, LeadCount(list), cursors, position))
}
