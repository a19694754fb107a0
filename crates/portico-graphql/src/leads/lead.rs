//! Somebody who asked for information.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};
use portico_core::id::Tag;
use portico_graphql_macros::gated;
use portico_loader::leads::LeadRow;
use portico_loader::projects::ProjectById;

use super::{LeadSource, LeadState};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;
use crate::scalars::{DateTime, EmailAddress, PhoneNumber};

/// Somebody who asked for information.
pub(crate) struct Lead(pub(crate) Arc<LeadRow>);

/// Somebody who asked for information.
#[gated]
#[Object]
impl Lead {
    /// Its id.
    #[requires(LEADS_MANAGE)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::LEAD, self.0.id)
    }

    /// Where it stands.
    #[requires(LEADS_MANAGE)]
    async fn state(&self) -> LeadState {
        self.0.state.into()
    }

    /// How it came.
    #[requires(LEADS_MANAGE)]
    async fn source(&self) -> LeadSource {
        self.0.source.into()
    }

    /// The name of whoever asked.
    #[requires(LEADS_MANAGE)]
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Their address. Nobody has proved that it is theirs.
    #[requires(LEADS_MANAGE)]
    async fn email(&self) -> Option<EmailAddress> {
        self.0.email.clone().map(EmailAddress)
    }

    /// Their telephone number.
    #[requires(LEADS_MANAGE)]
    async fn phone(&self) -> Option<PhoneNumber> {
        self.0.phone.clone().map(PhoneNumber)
    }

    /// What they wrote.
    #[requires(LEADS_MANAGE)]
    async fn message(&self) -> Option<&str> {
        self.0.message.as_deref()
    }

    /// What they are interested in, in a few words.
    #[requires(LEADS_MANAGE)]
    async fn interest(&self) -> Option<&str> {
        self.0.interest.as_deref()
    }

    /// When it came.
    #[requires(LEADS_MANAGE)]
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was changed last.
    #[requires(LEADS_MANAGE)]
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }

    /// Moves whenever something of it has changed.
    #[requires(LEADS_MANAGE)]
    async fn version(&self) -> i32 {
        self.0.version
    }

    /// The id of the company's card of whoever asked, which stays the same if they become a client.
    #[requires(LEADS_MANAGE)]
    async fn contact_id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.contact_id)
    }

    /// The project that came of it. Null if none did.
    #[requires(LEADS_MANAGE)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, ApiError> {
        let Some(project) = self.0.project_id else { return Ok(None) };
        Ok(load(ctx, ProjectById(project)).await?.map(Project))
    }
}
