//! A lead.

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

pub(crate) struct Lead(pub(crate) Arc<LeadRow>);

/// Request for information from a possible client.
#[gated]
#[Object]
impl Lead {
    /// Global ID.
    #[requires(LEADS_MANAGE)]
    pub(crate) async fn id(&self) -> ID {
        ids::global(Tag::LEAD, self.0.id)
    }

    /// State.
    #[requires(LEADS_MANAGE)]
    async fn state(&self) -> LeadState;

    /// Source.
    #[requires(LEADS_MANAGE)]
    async fn source(&self) -> LeadSource;

    /// Name of the person.
    #[requires(LEADS_MANAGE)]
    async fn name(&self) -> &str;

    /// Email address, unverified. Null if unknown.
    #[requires(LEADS_MANAGE)]
    async fn email(&self) -> Option<EmailAddress>;

    /// Telephone number. Null if unknown.
    #[requires(LEADS_MANAGE)]
    async fn phone(&self) -> Option<PhoneNumber>;

    /// Message of the person. Null if there is none.
    #[requires(LEADS_MANAGE)]
    async fn message(&self) -> Option<&str>;

    /// Product or service of interest. Null if not given.
    #[requires(LEADS_MANAGE)]
    async fn interest(&self) -> Option<&str>;

    /// Creation time.
    #[requires(LEADS_MANAGE)]
    async fn created_at(&self) -> DateTime;

    /// Time of the last change.
    #[requires(LEADS_MANAGE)]
    async fn updated_at(&self) -> DateTime;

    /// Increases with every change.
    #[requires(LEADS_MANAGE)]
    async fn version(&self) -> i32;

    /// Contact of the person; unchanged by conversion.
    #[requires(LEADS_MANAGE)]
    async fn contact_id(&self) -> ID {
        ids::global(Tag::CONTACT, self.0.contact_id)
    }

    /// Project created by conversion. Null if there is none, and without `PROJECTS_READ`.
    #[requires(LEADS_MANAGE)]
    async fn project(&self, ctx: &Context<'_>) -> Result<Option<Project>, ApiError> {
        let Some(project) = self.0.project_id else { return Ok(None) };
        Ok(load(ctx, ProjectById(project)).await?.map(Project))
    }
}
