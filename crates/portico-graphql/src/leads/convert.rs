//! What becomes of leads and contacts: clients, and projects with them.

use async_graphql::{Context, ID, Object};
use portico_actions::leads::{ContactConvertToProject, Converted, LeadConvertToClient, LeadConvertToProject};
use portico_graphql_macros::gated;

use super::Lead;
use super::mutations::{lead, lead_id};
use crate::act::{act, payload, settled};
use crate::error::ApiError;
use crate::people::{Contact, contact, contact_id};
use crate::projects::{Project, ProjectCreateInput, project};

payload! {
    /// What came of making a client of a lead.
    LeadConvertToClientPayload for (STAFF) {
        /// The lead, as it is now.
        lead: Lead,
        /// The client.
        #[requires(CLIENTS_INVITE)]
        client: Contact,
    }
}

payload! {
    /// What came of making a project of a lead.
    LeadConvertToProjectPayload for (STAFF) {
        /// The lead, as it is now.
        lead: Lead,
        /// The client.
        #[requires(CLIENTS_INVITE)]
        client: Contact,
        /// The project. Null if you may not read projects.
        project: Project,
    }
}

payload! {
    /// What came of making a project of a contact.
    ContactConvertToProjectPayload for (STAFF) {
        /// The client.
        client: Contact,
        /// The project. Null if you may not read projects.
        project: Project,
    }
}

async fn began(ctx: &Context<'_>, converted: Converted) -> Result<Option<Project>, ApiError> {
    match converted.project {
        Some(id) => project(ctx, id).await,
        None => Ok(None),
    }
}

/// What becomes of leads and contacts.
#[derive(Default)]
pub(crate) struct ConvertMutations;

/// What becomes of leads and contacts.
#[gated]
#[Object]
impl ConvertMutations {
    /// Makes a client of whoever asked. The lead stays as it is, and says that it was converted. You need `CLIENTS_INVITE`
    /// as well.
    #[requires(LEADS_MANAGE)]
    async fn lead_convert_to_client(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead's id.")] id: ID,
        #[graphql(desc = "Whether to take in somebody who has an account already, here or elsewhere.", default)]
        use_existing: bool,
    ) -> Result<LeadConvertToClientPayload, ApiError> {
        let id = lead_id(&id)?;
        Ok(match settled(act(ctx, LeadConvertToClient { lead: id, use_existing }).await?) {
            Ok(done) => LeadConvertToClientPayload::done(lead(ctx, id).await?, contact(ctx, done.client).await?),
            Err(refused) => LeadConvertToClientPayload::refused(refused),
        })
    }

    /// Makes a client and a project of a lead, in one step. The client has no access to it before they are invited. You need
    /// `CLIENTS_INVITE` and `PROJECTS_WRITE` as well.
    #[requires(LEADS_MANAGE)]
    async fn lead_convert_to_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The lead's id.")] id: ID,
        #[graphql(desc = "The project. Whoever asked is its first client.")] project: ProjectCreateInput,
        #[graphql(desc = "Whether to take in somebody who has an account already, here or elsewhere.", default)]
        use_existing: bool,
    ) -> Result<LeadConvertToProjectPayload, ApiError> {
        let id = lead_id(&id)?;
        let project = project.checked("project")?;
        Ok(match settled(act(ctx, LeadConvertToProject { lead: id, project, use_existing }).await?) {
            Ok(done) => {
                let client = contact(ctx, done.client).await?;
                LeadConvertToProjectPayload::done(lead(ctx, id).await?, client, began(ctx, done).await?)
            }
            Err(refused) => LeadConvertToProjectPayload::refused(refused),
        })
    }

    /// Makes a client, if they are none yet, and a project of a contact, in one step. The client has no access to it before
    /// they are invited. You need `PROJECTS_WRITE` as well.
    #[requires(CLIENTS_INVITE)]
    async fn contact_convert_to_project(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The contact's id.")] id: ID,
        #[graphql(desc = "The project. The contact is its first client.")] project: ProjectCreateInput,
        #[graphql(desc = "Whether to take in somebody who has an account already, here or elsewhere.", default)]
        use_existing: bool,
    ) -> Result<ContactConvertToProjectPayload, ApiError> {
        let contact_id = contact_id(&id, "id")?;
        let project = project.checked("project")?;
        let action = ContactConvertToProject { contact: contact_id, project, use_existing };
        Ok(match settled(act(ctx, action).await?) {
            Ok(done) => {
                let client = contact(ctx, done.client).await?;
                ContactConvertToProjectPayload::done(client, began(ctx, done).await?)
            }
            Err(refused) => ContactConvertToProjectPayload::refused(refused),
        })
    }
}
