//! Conversion of leads and contacts to clients and projects.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::leads::{ContactConvertToProject, Converted, LeadConvertToClient, LeadConvertToProject};
use portico_graphql_macros::gated;

use super::Lead;
use super::mutations::{lead, lead_id};
use crate::act::{act, payload, settled};
use crate::contacts::{Contact, contact, contact_id};
use crate::error::ApiError;
use crate::projects::{Project, ProjectCreateInput, project};

/// Input of `leadConvertToClient`.
#[gated(STAFF)]
#[derive(Clone, InputObject)]
pub(crate) struct LeadConvertToClientInput {
    /// The lead.
    id: ID,
    /// Whether to link an existing account with this address.
    #[graphql(default)]
    use_existing: bool,
}

/// Input of `leadConvertToProject`.
#[gated(STAFF)]
#[derive(Clone, InputObject)]
pub(crate) struct LeadConvertToProjectInput {
    /// The lead.
    id: ID,
    /// The project. The lead's contact becomes its first client.
    project: ProjectCreateInput,
    /// Whether to link an existing account with this address.
    #[graphql(default)]
    use_existing: bool,
}

/// Input of `contactConvertToProject`.
#[gated(STAFF)]
#[derive(Clone, InputObject)]
pub(crate) struct ContactConvertToProjectInput {
    /// The contact.
    id: ID,
    /// The project. The contact becomes its first client.
    project: ProjectCreateInput,
    /// Whether to link an existing account with this address.
    #[graphql(default)]
    use_existing: bool,
}

payload! {
    /// Result of `leadConvertToClient`.
    LeadConvertToClientPayload for (STAFF) {
        /// The converted lead.
        lead: Lead,
        /// Contact of the client.
        #[requires(CLIENTS_INVITE)]
        client: Contact,
    }
}

payload! {
    /// Result of `leadConvertToProject`.
    LeadConvertToProjectPayload for (STAFF) {
        /// The converted lead.
        lead: Lead,
        /// Contact of the client.
        #[requires(CLIENTS_INVITE)]
        client: Contact,
        /// The project. Null without `PROJECTS_READ`.
        project: Project,
    }
}

payload! {
    /// Result of `contactConvertToProject`.
    ContactConvertToProjectPayload for (STAFF) {
        /// Contact of the client.
        client: Contact,
        /// The project. Null without `PROJECTS_READ`.
        project: Project,
    }
}

async fn created_project(ctx: &Context<'_>, converted: Converted) -> Result<Option<Project>, ApiError> {
    match converted.project {
        Some(id) => project(ctx, id).await,
        None => Ok(None),
    }
}

#[derive(Default)]
pub(crate) struct ConvertMutations;

/// Mutations that convert leads and contacts.
#[gated]
#[Object]
impl ConvertMutations {
    /// Converts a lead to a client. Also requires `CLIENTS_INVITE`.
    #[requires(LEADS_MANAGE)]
    async fn lead_convert_to_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `leadConvertToClient`.")] input: LeadConvertToClientInput,
    ) -> Result<LeadConvertToClientPayload, ApiError> {
        let LeadConvertToClientInput { id, use_existing } = input;
        let id = lead_id(&id)?;
        Ok(match settled(act(ctx, LeadConvertToClient { lead: id, use_existing }).await?) {
            Ok(done) => LeadConvertToClientPayload::done(lead(ctx, id).await?, contact(ctx, done.client).await?),
            Err(refused) => LeadConvertToClientPayload::refused(refused),
        })
    }

    /// Converts a lead to a client with a new project.
    /// The client has no access until invited. Also requires `CLIENTS_INVITE` and `PROJECTS_WRITE`.
    #[requires(LEADS_MANAGE)]
    async fn lead_convert_to_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `leadConvertToProject`.")] input: LeadConvertToProjectInput,
    ) -> Result<LeadConvertToProjectPayload, ApiError> {
        let LeadConvertToProjectInput { id, project, use_existing } = input;
        let id = lead_id(&id)?;
        let project = project.checked("input.project")?;
        Ok(match settled(act(ctx, LeadConvertToProject { lead: id, project, use_existing }).await?) {
            Ok(done) => {
                let client = contact(ctx, done.client).await?;
                LeadConvertToProjectPayload::done(lead(ctx, id).await?, client, created_project(ctx, done).await?)
            }
            Err(refused) => LeadConvertToProjectPayload::refused(refused),
        })
    }

    /// Creates a project for a contact, who becomes a client if necessary.
    /// The client has no access until invited. Also requires `PROJECTS_WRITE`.
    #[requires(CLIENTS_INVITE)]
    async fn contact_convert_to_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Input of `contactConvertToProject`.")] input: ContactConvertToProjectInput,
    ) -> Result<ContactConvertToProjectPayload, ApiError> {
        let ContactConvertToProjectInput { id, project, use_existing } = input;
        let contact_id = contact_id(&id, "input.id")?;
        let project = project.checked("input.project")?;
        let action = ContactConvertToProject { contact: contact_id, project, use_existing };
        Ok(match settled(act(ctx, action).await?) {
            Ok(done) => {
                let client = contact(ctx, done.client).await?;
                ContactConvertToProjectPayload::done(client, created_project(ctx, done).await?)
            }
            Err(refused) => ContactConvertToProjectPayload::refused(refused),
        })
    }
}
