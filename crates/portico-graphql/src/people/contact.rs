//! A company's card of somebody.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use portico_core::id::Tag;
use portico_core::people::ContactKind as CoreKind;
use portico_graphql_macros::gated;
use portico_loader::people::{ContactInternalsRow, ContactRow, InternalsOfContact, MembershipsOfContact};

use super::project_trade::ContactMembership;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::mail::MailDelivery;
use crate::scalars::{DateTime, EmailAddress, PhoneNumber};

/// What somebody is to the company. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(crate) enum ContactKind {
    /// A client.
    #[shared(STAFF)]
    Client,
    /// A trade partner.
    #[shared(STAFF)]
    Trade,
    /// Anybody else, such as whoever asked for information.
    #[shared(STAFF)]
    Misc,
}

/// The company's own card of somebody.
pub(crate) struct Contact(pub(crate) Arc<ContactRow>);

impl Contact {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<ContactInternalsRow>>, ApiError> {
        load(ctx, InternalsOfContact(self.0.id)).await
    }
}

/// The company's own card of somebody.
#[gated]
#[Object]
impl Contact {
    /// Its id.
    #[requires(CLIENTS_INVITE)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.id)
    }

    /// What they are to the company.
    #[requires(CLIENTS_INVITE)]
    async fn kind(&self) -> ContactKind {
        self.0.kind.into()
    }

    /// Their name, as the company writes it.
    #[requires(CLIENTS_INVITE)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Their address, as the company writes it.
    #[requires(CLIENTS_INVITE)]
    async fn email(&self) -> Option<EmailAddress> {
        self.0.email.clone().map(EmailAddress)
    }

    /// Their telephone number, as the company writes it.
    #[requires(CLIENTS_INVITE)]
    async fn phone(&self) -> Option<PhoneNumber> {
        self.0.phone.clone().map(PhoneNumber)
    }

    /// Whether they look after their account themselves. Then nothing can be changed here: ask them to.
    #[requires(CLIENTS_INVITE)]
    async fn is_user_managed(&self) -> bool {
        self.0.is_user_managed
    }

    /// Since when the company has this card.
    #[requires(CLIENTS_INVITE)]
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Memberships of projects with their invitations, in the order in which they were added. Empty if you may not read projects.
    #[requires(CLIENTS_INVITE)]
    #[list_size(MEMBERSHIPS)]
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<ContactMembership>, ApiError> {
        let rows = load(ctx, MembershipsOfContact(self.0.id)).await?;
        Ok(rows.iter().map(|row| ContactMembership(Arc::clone(row))).collect())
    }

    /// Delivery status of the latest mail that asked them to check their contact details. Null if none was sent.
    #[requires(CLIENTS_INVITE)]
    async fn contact_review_delivery(&self, ctx: &Context<'_>) -> Result<Option<MailDelivery>, ApiError> {
        MailDelivery::about(ctx, self.0.id.0).await
    }

    /// What the company notes of them for itself.
    #[requires(CLIENTS_INVITE)]
    async fn internal_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.internal_notes.clone()))
    }

    /// How likely they are to build, 0 to 100.
    #[requires(CLIENTS_INVITE)]
    async fn lead_score(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.lead_score))
    }
}
