//! The list of contacts: filtered, searched, sorted by name, and paged.

use diesel::pg::Pg;
use diesel::prelude::*;
use portico_core::contacts::ContactList;
use portico_core::page::Slice;

use super::ContactRow;
use crate::contacts::rows::contacts;
use crate::page::SortBy;
use crate::search::found;
use crate::{ReadSession, StoreError};

const BY_NAME: SortBy =
    SortBy { expression: "lower(contacts.name)", folds_case: true, id: "contacts.id", descending: false };

/// One slice of a list of contacts, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError`] if the query fails, or the viewer's role view has no contacts at all.
pub async fn list_contacts(
    session: &ReadSession,
    list: &ContactList,
    slice: &Slice,
) -> Result<Vec<ContactRow>, StoreError> {
    let query = listed(list).filter(BY_NAME.within(slice)).order(BY_NAME.order(slice)).limit(slice.limit());
    session.load(query.select(ContactRow::as_select())).await
}

/// The number of contacts in a list, in the same role view.
///
/// # Errors
///
/// As [`list_contacts`].
pub async fn count_contacts(session: &ReadSession, list: &ContactList) -> Result<i64, StoreError> {
    let counts = session.load::<_, i64>(listed(list).select(diesel::dsl::count_star())).await?;
    Ok(counts.first().copied().unwrap_or_default())
}

fn listed(list: &ContactList) -> contacts::BoxedQuery<'static, Pg> {
    let mut query = contacts::table.into_boxed();
    if let Some(kinds) = &list.kind_in {
        query = query.filter(contacts::kind.eq_any(kinds.clone()));
    }
    if let Some(words) = &list.search {
        query = query.filter(found("contacts.search_text", words));
    }
    query
}
