//! Mutations of a company's contacts: clients and trade partners.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::contacts::{ClientCreate, ClientRequestContactReview, ClientUpdate};
use portico_core::contacts::ContactKind;
use portico_core::id::{ContactId, Tag};
use portico_graphql_macros::gated;
use portico_loader::contacts::ContactById;

use super::Contact;
use crate::act::{act, payload, settled};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::changed;

/// Input of `clientCreate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ClientCreateInput {
    /// Name, as the company writes it.
    name: String,
    /// Email address, by which the client is known across companies.
    email: String,
    /// Telephone number.
    phone: Option<String>,
    /// Whether to link an existing account with this address.
    #[graphql(default)]
    use_existing: bool,
}

/// Input of `tradeCreate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TradeCreateInput {
    /// Name, as the company writes it.
    name: String,
    /// Email address, by which the trade partner is known across companies.
    email: String,
    /// Telephone number.
    phone: Option<String>,
    /// Whether to link an existing account with this address.
    #[graphql(default)]
    use_existing: bool,
}

/// Input of `clientUpdate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ClientUpdateInput {
    /// Contact of the client.
    id: ID,
    /// Name, as the company writes it. Omit to keep the current value.
    name: Option<String>,
    /// Telephone number. Omit to keep the current value; `null` clears it.
    phone: MaybeUndefined<String>,
    /// Email address. Omit to keep the current value.
    /// A different address means a different person: pending invitations are withdrawn.
    email: Option<String>,
}

/// Input of `tradeUpdate`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TradeUpdateInput {
    /// Contact of the trade partner, of the kind `TRADE`.
    id: ID,
    /// Name, as the company writes it. Omit to keep the current value.
    name: Option<String>,
    /// Telephone number. Omit to keep the current value; `null` clears it.
    phone: MaybeUndefined<String>,
    /// Email address. Omit to keep the current value.
    /// A different address means a different person: pending invitations are withdrawn.
    email: Option<String>,
}

payload! {
    /// Result of `clientCreate`.
    ClientCreatePayload for (STAFF) {
        /// Contact of the client.
        client: Contact,
    }
}

payload! {
    /// Result of `tradeCreate`.
    TradeCreatePayload for (STAFF) {
        /// Contact of the trade partner.
        trade: Contact,
    }
}

payload! {
    /// Result of `tradeUpdate`.
    TradeUpdatePayload for (STAFF) {
        /// Contact of the trade partner.
        trade: Contact,
    }
}

payload! {
    /// Result of `clientUpdate`.
    ClientUpdatePayload for (STAFF) {
        /// Contact of the client.
        client: Contact,
    }
}

/// Input of `clientRequestContactReview`.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ClientRequestContactReviewInput {
    /// Contact of the client.
    id: ID,
}

payload! {
    /// Result of `clientRequestContactReview`.
    ClientRequestContactReviewPayload for (STAFF) {
        /// Contact of the client, unchanged.
        client: Contact,
    }
}

/// Parses the global id of a contact. An id of another type answers like an unknown one.
pub(crate) fn contact_id(id: &ID, argument: &str) -> Result<ContactId, ApiError> {
    Ok(ids::read(id, argument)?.of_kind(Tag::CONTACT).unwrap_or_default().into())
}

/// A contact's current row.
pub(crate) async fn contact(ctx: &Context<'_>, id: ContactId) -> Result<Option<Contact>, ApiError> {
    Ok(load(ctx, ContactById(id)).await?.map(Contact))
}

#[derive(Default)]
pub(crate) struct ClientMutations;

/// Mutations of a company's clients and trade partners.
#[gated]
#[Object]
impl ClientMutations {
    /// Adds a client to the company's contacts. Sends no email.
    #[requires(CLIENTS_INVITE)]
    async fn client_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `clientCreate`.")] input: ClientCreateInput,
    ) -> Result<ClientCreatePayload, ApiError> {
        let ClientCreateInput { name, email, phone, use_existing } = input;
        Ok(
            match settled(act(ctx, ClientCreate { kind: ContactKind::Client, name, email, phone, use_existing }).await?)
            {
                Ok(id) => ClientCreatePayload::done(contact(ctx, id).await?),
                Err(refused) => ClientCreatePayload::refused(refused),
            },
        )
    }

    /// Adds a trade partner to the company's contacts. Sends no email.
    #[requires(CLIENTS_INVITE)]
    async fn trade_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `tradeCreate`.")] input: TradeCreateInput,
    ) -> Result<TradeCreatePayload, ApiError> {
        let TradeCreateInput { name, email, phone, use_existing } = input;
        let action = ClientCreate { kind: ContactKind::Trade, name, email, phone, use_existing };
        Ok(match settled(act(ctx, action).await?) {
            Ok(id) => TradeCreatePayload::done(contact(ctx, id).await?),
            Err(refused) => TradeCreatePayload::refused(refused),
        })
    }

    /// Changes a client's contact, unless the client manages it.
    #[requires(CLIENTS_INVITE)]
    async fn client_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `clientUpdate`.")] input: ClientUpdateInput,
    ) -> Result<ClientUpdatePayload, ApiError> {
        let ClientUpdateInput { id, name, phone, email } = input;
        let id = contact_id(&id, "input.id")?;
        let action = ClientUpdate { kind: ContactKind::Client, contact: id, name, phone: changed(phone), email };
        Ok(match act(ctx, action).await? {
            Ok(()) => ClientUpdatePayload::done(contact(ctx, id).await?),
            Err(refused) => ClientUpdatePayload::refused(refused),
        })
    }

    /// Changes a trade partner's contact, unless the partner manages it.
    #[requires(CLIENTS_INVITE)]
    async fn trade_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `tradeUpdate`.")] input: TradeUpdateInput,
    ) -> Result<TradeUpdatePayload, ApiError> {
        let TradeUpdateInput { id, name, phone, email } = input;
        let id = contact_id(&id, "input.id")?;
        let action = ClientUpdate { kind: ContactKind::Trade, contact: id, name, phone: changed(phone), email };
        Ok(match act(ctx, action).await? {
            Ok(()) => TradeUpdatePayload::done(contact(ctx, id).await?),
            Err(refused) => TradeUpdatePayload::refused(refused),
        })
    }

    /// Emails a client to check their contact details, once a day.
    #[requires(CLIENTS_INVITE)]
    async fn client_request_contact_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `clientRequestContactReview`.")] input: ClientRequestContactReviewInput,
    ) -> Result<ClientRequestContactReviewPayload, ApiError> {
        let id = contact_id(&input.id, "input.id")?;
        Ok(match act(ctx, ClientRequestContactReview { contact: id }).await? {
            Ok(()) => ClientRequestContactReviewPayload::done(contact(ctx, id).await?),
            Err(refused) => ClientRequestContactReviewPayload::refused(refused),
        })
    }
}
