//! What staff do with the company's clients.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use portico_actions::people::{ClientCreate, ClientRequestContactReview, ClientUpdate};
use portico_core::id::{ContactId, Tag};
use portico_core::people::ContactKind;
use portico_graphql_macros::gated;
use portico_loader::people::ContactById;

use super::Contact;
use crate::act::{act, payload, settled};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::scalars::changed;

/// A client.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ClientCreateInput {
    /// Their name, as the company writes it.
    name: String,
    /// Their address, by which they are known. It cannot be left out.
    email: Option<String>,
    /// Their telephone number, E.164: `+13035550123`.
    phone: Option<String>,
    /// Whether to take in somebody who has an account already.
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

/// What is to be changed of a client. What is left out stays as it is.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct ClientUpdateInput {
    /// The client's id.
    id: ID,
    /// Their name, as the company writes it.
    name: Option<String>,
    /// Their telephone number, E.164: `+13035550123`. Null takes it away.
    phone: MaybeUndefined<String>,
    /// Their address. Another one is another person's: invitations that are still open end.
    email: Option<String>,
}

/// Input of `tradeUpdate`. Omit a field to keep its value.
#[gated(STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct TradeUpdateInput {
    /// Contact of the trade partner, of the kind `TRADE`.
    id: ID,
    /// Name, as the company writes it.
    name: Option<String>,
    /// Telephone number; `null` clears it.
    phone: MaybeUndefined<String>,
    /// Email address. Another one is another person's: pending invitations end.
    email: Option<String>,
}

payload! {
    /// What came of writing down a client.
    ClientCreatePayload for (STAFF) {
        /// The client.
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
    /// What came of changing a client.
    ClientUpdatePayload for (STAFF) {
        /// The client, as they are now.
        client: Contact,
    }
}

payload! {
    /// What came of asking a client to look over what the company has of them.
    ClientRequestContactReviewPayload for (STAFF) {
        /// The client, who has not changed.
        client: Contact,
    }
}

/// The card that an id names; what is of another kind names nothing.
pub(crate) fn contact_id(id: &ID, argument: &str) -> Result<ContactId, ApiError> {
    Ok(ids::read(id, argument)?.of_kind(Tag::CONTACT).unwrap_or_default().into())
}

/// A card, as it is now.
pub(crate) async fn contact(ctx: &Context<'_>, id: ContactId) -> Result<Option<Contact>, ApiError> {
    Ok(load(ctx, ContactById(id)).await?.map(Contact))
}

/// What staff do with the company's clients.
#[derive(Default)]
pub(crate) struct ClientMutations;

/// What staff do with the company's clients.
#[gated]
#[Object]
impl ClientMutations {
    /// Writes down a client, by their address.
    #[requires(CLIENTS_INVITE)]
    async fn client_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client.")] input: ClientCreateInput,
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

    /// Adds a trade partner to the company's contacts. Sends no mail; `projectTradeAdd` adds them to a project.
    #[requires(CLIENTS_INVITE)]
    async fn trade_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The trade partner.")] input: TradeCreateInput,
    ) -> Result<TradeCreatePayload, ApiError> {
        let TradeCreateInput { name, email, phone, use_existing } = input;
        let action = ClientCreate { kind: ContactKind::Trade, name, email: Some(email), phone, use_existing };
        Ok(match settled(act(ctx, action).await?) {
            Ok(id) => TradeCreatePayload::done(contact(ctx, id).await?),
            Err(refused) => TradeCreatePayload::refused(refused),
        })
    }

    /// Changes what the company has of a client, as long as they do not look after their account themselves.
    #[requires(CLIENTS_INVITE)]
    async fn client_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be changed.")] input: ClientUpdateInput,
    ) -> Result<ClientUpdatePayload, ApiError> {
        let ClientUpdateInput { id, name, phone, email } = input;
        let id = contact_id(&id, "input.id")?;
        let action = ClientUpdate { kind: ContactKind::Client, contact: id, name, phone: changed(phone), email };
        Ok(match act(ctx, action).await? {
            Ok(()) => ClientUpdatePayload::done(contact(ctx, id).await?),
            Err(refused) => ClientUpdatePayload::refused(refused),
        })
    }

    /// Changes the company's contact of a trade partner, as long as they do not manage their account themselves.
    #[requires(CLIENTS_INVITE)]
    async fn trade_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: TradeUpdateInput,
    ) -> Result<TradeUpdatePayload, ApiError> {
        let TradeUpdateInput { id, name, phone, email } = input;
        let id = contact_id(&id, "input.id")?;
        let action = ClientUpdate { kind: ContactKind::Trade, contact: id, name, phone: changed(phone), email };
        Ok(match act(ctx, action).await? {
            Ok(()) => TradeUpdatePayload::done(contact(ctx, id).await?),
            Err(refused) => TradeUpdatePayload::refused(refused),
        })
    }

    /// Asks a client by mail to look over what the company has of them. Nothing is changed by it; once a day.
    #[requires(CLIENTS_INVITE)]
    async fn client_request_contact_review(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The client's id.")] id: ID,
    ) -> Result<ClientRequestContactReviewPayload, ApiError> {
        let id = contact_id(&id, "id")?;
        Ok(match act(ctx, ClientRequestContactReview { contact: id }).await? {
            Ok(()) => ClientRequestContactReviewPayload::done(contact(ctx, id).await?),
            Err(refused) => ClientRequestContactReviewPayload::refused(refused),
        })
    }
}
