//! A company's contact.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object};
use portico_core::contacts::ContactKind as CoreKind;
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::contacts::{ContactInternalsRow, ContactRow, InternalsOfContact};
use portico_loader::memberships::MembershipsOfContact;

use crate::direct::Direct;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::mail::MailDelivery;
use crate::memberships::ContactMembership;
use crate::scalars::{DateTime, EmailAddress, PhoneNumber};

/// Relation of a contact to the company. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(crate) enum ContactKind {
    /// Client.
    #[shared(STAFF)]
    Client,
    /// Trade partner.
    #[shared(STAFF)]
    Trade,
    /// Other, such as a person who sent a lead form.
    #[shared(STAFF)]
    Misc,
}

pub(crate) struct Contact(pub(crate) Arc<ContactRow>);

impl Contact {
    async fn internals(&self, ctx: &Context<'_>) -> Result<Option<Arc<ContactInternalsRow>>, ApiError> {
        load(ctx, InternalsOfContact(self.0.id)).await
    }
}

/// Company's record of a client, trade partner or other person.
#[gated]
#[Object]
impl Contact {
    /// Global ID.
    #[requires(CLIENTS_INVITE)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.id)
    }

    /// Client, trade partner or other.
    #[requires(CLIENTS_INVITE)]
    async fn kind(&self) -> ContactKind;

    /// Name, as the company writes it.
    #[requires(CLIENTS_INVITE)]
    async fn name(&self) -> &str;

    /// Email address, as the company writes it. Null if unknown.
    #[requires(CLIENTS_INVITE)]
    async fn email(&self) -> Option<EmailAddress>;

    /// Telephone number. Null if unknown.
    #[requires(CLIENTS_INVITE)]
    async fn phone(&self) -> Option<PhoneNumber>;

    /// Whether the person manages the account. Then the company cannot change it.
    #[requires(CLIENTS_INVITE)]
    async fn is_user_managed(&self) -> bool;

    /// Creation time.
    #[requires(CLIENTS_INVITE)]
    async fn created_at(&self) -> DateTime;

    /// Project memberships with their invitations, in the order of creation; at most the newest 100. Empty without
    /// `PROJECTS_READ`.
    #[requires(CLIENTS_INVITE)]
    #[list_size(MEMBERSHIPS)]
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<Direct<ContactMembership>>, ApiError> {
        let rows = load(ctx, MembershipsOfContact(self.0.id)).await?;
        Ok(rows.iter().rev().map(|row| ContactMembership(Arc::clone(row)).into()).collect())
    }

    /// Delivery status of the latest contact review email. Null if none was sent in the last 180 days.
    #[requires(CLIENTS_INVITE)]
    async fn contact_review_delivery(&self, ctx: &Context<'_>) -> Result<Option<MailDelivery>, ApiError> {
        MailDelivery::about(ctx, self.0.id.0).await
    }

    /// Notes for staff. Null if there are none.
    #[requires(CLIENTS_INVITE)]
    async fn internal_notes(&self, ctx: &Context<'_>) -> Result<Option<String>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.internal_notes.clone()))
    }

    /// Likelihood of a contract, 0 to 100. Null if not rated.
    #[requires(CLIENTS_INVITE)]
    async fn lead_score(&self, ctx: &Context<'_>) -> Result<Option<i32>, ApiError> {
        Ok(self.internals(ctx).await?.and_then(|row| row.lead_score))
    }
}
