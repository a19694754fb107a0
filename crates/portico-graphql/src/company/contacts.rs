//! Contacts of the company.

use async_graphql::{Context, InputObject};
use portico_core::contacts::ContactList;
use portico_core::page::{Position, SortValue};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::contacts::{ContactCount, ContactPage, ContactRow};

use crate::contacts::{Contact, ContactKind};
use crate::error::ApiError;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::projects::search_words;

connection! {
    /// Page of contacts.
    ContactConnection, ContactEdge of Contact(ContactRow), counted by ContactCount, shared with (STAFF)
}

/// Filter by kind of contact.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ContactKindFilter {
    #[graphql(name = "in")]
    one_of: Vec<ContactKind>,
}

/// Filter of contacts. Conditions are combined with AND.
#[gated(STAFF)]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct ContactFilter {
    /// Kind of contact.
    kind: Option<ContactKindFilter>,
}

/// A page of the company's contacts.
pub(super) async fn contacts_page(
    ctx: &Context<'_>,
    page: PageArguments,
    filter: Option<ContactFilter>,
    query: Option<String>,
) -> Result<ContactConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let kinds = filter.and_then(|filter| filter.kind).map(|kind| kind.one_of);
    let kind_in = kinds.map(|kinds| kinds.into_iter().map(Into::into).collect());
    let list = ContactList { kind_in, search: search_words(query)? };
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &format!("contacts|{list:?}"));
    let slice = page.slice(&cursors)?;
    let page = loader.load(ContactPage { list: list.clone(), slice }).await?;
    let position = |row: &ContactRow| Position { value: SortValue::Text(row.name.clone()), id: row.id.0 };
    Ok(ContactConnection::new(page, ContactCount(list), cursors, position))
}
