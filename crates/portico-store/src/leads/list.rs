//! The list of leads: filtered, searched, newest first, paged.

use diesel::pg::Pg;
use diesel::prelude::*;
use portico_core::leads::LeadList;
use portico_core::page::Slice;

use super::LeadRow;
use crate::leads::rows::leads;
use crate::page::SortBy;
use crate::search::found;
use crate::{ReadSession, StoreError};

/// In microseconds, the precision of PostgreSQL.
const NEWEST_FIRST: SortBy = SortBy {
    expression: "(extract(epoch from leads.created_at) * 1000000)::bigint",
    folds_case: false,
    id: "leads.id",
    descending: true,
};

/// One slice of a list of leads, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails, or the viewer's role view has no leads at all.
pub async fn list_leads(session: &ReadSession, list: &LeadList, slice: &Slice) -> Result<Vec<LeadRow>, StoreError> {
    let query = listed(list).filter(NEWEST_FIRST.within(slice)).order(NEWEST_FIRST.order(slice)).limit(slice.limit());
    session.load(query.select(LeadRow::as_select())).await
}

/// The number of leads in a list, in the same role view.
///
/// # Errors
///
/// As [`list_leads`].
pub async fn count_leads(session: &ReadSession, list: &LeadList) -> Result<i64, StoreError> {
    let counts = session.load::<_, i64>(listed(list).select(diesel::dsl::count_star())).await?;
    Ok(counts.first().copied().unwrap_or_default())
}

fn listed(list: &LeadList) -> leads::BoxedQuery<'static, Pg> {
    let mut query = leads::table.into_boxed();
    if let Some(states) = &list.state_in {
        query = query.filter(leads::state.eq_any(states.clone()));
    }
    if let Some(contact) = list.contact {
        query = query.filter(leads::contact_id.eq(contact));
    }
    if let Some(words) = &list.search {
        query = query.filter(found("leads.search_text", words));
    }
    query
}
