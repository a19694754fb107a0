//! What a client signs when approving a selection.

use std::sync::Arc;

use async_graphql::{Context, SimpleObject};
use futures_util::future::{try_join_all, try_join5};
use portico_core::decisions::{SeenAllowance, SeenFile, SeenOption, SelectionDocument, sha256};
use portico_core::files::FileState;
use portico_core::projects::ProjectStatus;
use portico_core::selections::SelectionStatus;
use portico_graphql_macros::gated;
use portico_loader::files::{AttachmentsOfRecord, FileIn, FileRow};
use portico_loader::projects::{LocationIn, ProjectById};
use portico_loader::selections::{AllowanceIn, OptionIn, SelectionRow};

use crate::error::ApiError;
use crate::load::load;

/// What a client signs when approving a selection. The decision records exactly this text.
#[gated(CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ApprovalDocument {
    /// Project, selection with version and location, chosen option, allowance, and the files that clients see on the selection, each with
    /// its SHA-256; as canonical JSON (RFC 8785).
    text: String,
    /// SHA-256 of `text`, hexadecimal. `selectionApprove` requires it.
    hash: String,
}

/// The document of a selection that can be approved now. The action builds the same one from the tables, under locks:
/// where the two differ, the approval is rejected.
pub(super) async fn approval_document(
    ctx: &Context<'_>,
    row: &SelectionRow,
) -> Result<Option<ApprovalDocument>, ApiError> {
    let (SelectionStatus::Chosen, Some(chosen)) = (row.status, row.chosen_option_id) else { return Ok(None) };
    // At once, so that the documents of a list take one round of statements.
    let (option, project, location, allowance, files) = try_join5(
        load(ctx, OptionIn(row.project_id, chosen)),
        load(ctx, ProjectById(row.project_id)),
        async {
            match row.location_id {
                Some(id) => load(ctx, LocationIn(row.project_id, id)).await,
                None => Ok(None),
            }
        },
        async {
            match row.allowance_id {
                Some(id) => load(ctx, AllowanceIn(row.project_id, id)).await,
                None => Ok(None),
            }
        },
        seen_files(ctx, row),
    )
    .await?;
    let (Some(option), Some(project)) = (option, project) else { return Ok(None) };
    let Some(price_minor) = option.price_minor.filter(|_| project.status != ProjectStatus::Archived) else {
        return Ok(None);
    };
    let document = SelectionDocument {
        project: row.project_id,
        currency: project.currency,
        selection: row.id,
        version: row.version,
        number: row.number,
        title: row.title.clone(),
        instructions: row.instructions.clone(),
        location: location.map(|location| location.name.clone()),
        option: SeenOption {
            id: option.id,
            title: option.title.clone(),
            description: option.description.clone(),
            is_standard: option.is_standard,
            lead_time_days: option.lead_time_days,
            price_minor,
            price_delta_minor: option.price_delta_minor,
        },
        allowance: allowance.map(|allowance| SeenAllowance {
            id: allowance.id,
            name: allowance.name.clone(),
            granted_minor: allowance.granted_minor,
            used_minor: allowance.used_minor,
        }),
        files,
    };
    let text = document.to_canonical().map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(Some(ApprovalDocument { hash: sha256(&text), text }))
}

/// The files that clients see on a selection, the same for clients and staff.
async fn seen_files(ctx: &Context<'_>, row: &SelectionRow) -> Result<Vec<SeenFile>, ApiError> {
    let attached = load(ctx, AttachmentsOfRecord(row.project_id, row.id.0)).await?;
    let for_clients = attached.iter().filter(|row| {
        row.hidden_from_clients == Some(false)
            && row.shared_with_clients == Some(true)
            && row.file_state == FileState::Available
    });
    let files =
        try_join_all(for_clients.map(|attachment| load(ctx, FileIn(row.project_id, attachment.file_id)))).await?;
    let file = |file: Option<Arc<FileRow>>| {
        let file = file?;
        Some(SeenFile {
            id: file.id,
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.size,
            sha256: file.sha256.clone()?,
        })
    };
    Ok(files.into_iter().filter_map(file).collect())
}
