//! A company, as its own people see it.

mod contacts;
mod leads;

use async_graphql::{Context, ID, Object};
use portico_core::id::{CompanyId, Tag};
use portico_core::people::Place;
use portico_graphql_macros::gated;
use portico_loader::Loader;

use crate::error::ApiError;
use crate::ids;
use crate::page::PageArguments;
use contacts::{ContactConnection, ContactFilter, contacts_page};
use leads::{LeadConnection, LeadFilter, leads_page};

/// The company that you work for.
pub(crate) struct Company(CompanyId);

impl Company {
    /// The viewer's own; none for those who work for none.
    pub(crate) fn of_viewer(ctx: &Context<'_>) -> Option<Self> {
        match &ctx.data_unchecked::<Loader>().viewer().place {
            Place::Company { company, .. } => Some(Self(*company)),
            Place::Public | Place::Projects(_) => None,
        }
    }
}

/// The company that you work for.
#[gated]
#[Object]
impl Company {
    /// Its id.
    #[shared(STAFF)]
    async fn id(&self) -> ID {
        ids::global(Tag::COMPANY, self.0)
    }

    /// The address book: the company's own cards of clients, trade partners and others, by name.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]
    #[requires(CLIENTS_INVITE)]
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
        #[graphql(desc = "Only contacts for which this holds.")] filter: Option<ContactFilter>,
        #[graphql(desc = "Only contacts that have each of these words in their name, address or number.")]
        query: Option<String>,
    ) -> Result<ContactConnection, ApiError> {
        contacts_page(ctx, PageArguments { first, after, last, before }, filter, query).await
    }

    /// Those who asked for information, newest first.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the schema")]
    #[requires(LEADS_MANAGE)]
    async fn leads(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only the first so many; 25 unless you say otherwise, 100 at most.")] first: Option<i32>,
        #[graphql(desc = "Only what follows this cursor.")] after: Option<String>,
        #[graphql(desc = "Only the last so many; 100 at most.")] last: Option<i32>,
        #[graphql(desc = "Only what precedes this cursor.")] before: Option<String>,
        #[graphql(desc = "Only leads for which this holds.")] filter: Option<LeadFilter>,
        #[graphql(desc = "Only leads that have each of these words in their name, address, number or message.")]
        query: Option<String>,
    ) -> Result<LeadConnection, ApiError> {
        leads_page(ctx, PageArguments { first, after, last, before }, filter, query).await
    }
}
