//! The address to which files of a project are mailed.

use async_graphql::{Context, ID, InputObject, Object};
use portico_actions::Actor;
use portico_actions::files::FilesAddressReplace;
use portico_core::id::{ProjectId, Tag};
use portico_graphql_macros::gated;
use portico_loader::portal::PortalOfProject;

use super::mutations::project;
use crate::act::{act, payload};
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::projects::Project;
use crate::scalars::EmailAddress;

/// The address of a project; none for those who may not use it, and if the installation receives no mail.
pub(crate) async fn files_address_of(ctx: &Context<'_>, id: ProjectId) -> Result<Option<EmailAddress>, ApiError> {
    let Some(domain) = &ctx.data_unchecked::<Actor>().installation.mail_domain else { return Ok(None) };
    let portal = load(ctx, PortalOfProject(id)).await?;
    let key = portal.as_ref().and_then(|portal| portal.mail_key.as_deref());
    Ok(key.map(|key| domain.address(key).into()))
}

#[gated]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FilesAddressReplaceInput {
    /// ID of the project.
    #[requires(DOCUMENTS_MANAGE)]
    project_id: ID,
    /// Idempotency key: a retry with the same key returns the first result.
    #[requires(DOCUMENTS_MANAGE)]
    idempotency_key: String,
}

payload! {
    FilesAddressReplacePayload for (STAFF) {
        /// The project. Null on rejection, and without `PROJECTS_READ`.
        project: Project,
    }
}

#[derive(Default)]
pub(crate) struct FilesAddressMutations;

/// Write operations on addresses to which files are mailed.
#[gated]
#[Object]
impl FilesAddressMutations {
    /// Replaces the address to which files of a project are mailed, `Project.filesAddress`. Mail to the former address is refused from then
    /// on.
    #[requires(DOCUMENTS_MANAGE)]
    async fn files_address_replace(
        &self,
        ctx: &Context<'_>,
        input: FilesAddressReplaceInput,
    ) -> Result<FilesAddressReplacePayload, ApiError> {
        let action = FilesAddressReplace {
            project: ids::read_as(&input.project_id, "input.projectId", Tag::PROJECT)?,
            idempotency_key: input.idempotency_key,
        };
        Ok(match act(ctx, action).await? {
            Ok(id) => FilesAddressReplacePayload::done(project(ctx, id).await?),
            Err(refused) => FilesAddressReplacePayload::refused(refused),
        })
    }
}
