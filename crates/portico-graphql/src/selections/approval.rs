//! What a client signs when approving a selection.

use async_graphql::{Context, SimpleObject};
use futures_util::future::try_join4;
use portico_core::decisions::{SeenAllowance, SeenOption, SelectionDocument, sha256};
use portico_core::projects::ProjectStatus;
use portico_core::selections::SelectionStatus;
use portico_graphql_macros::gated;
use portico_loader::projects::{LocationIn, ProjectById};
use portico_loader::selections::{AllowanceIn, OptionIn, SelectionRow};

use crate::error::ApiError;
use crate::load::load;

/// What a client signs when approving a selection. The decision records exactly this text.
#[gated(CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ApprovalDocument {
    /// Project, selection with version and location, chosen option and allowance, as canonical JSON (RFC 8785).
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
    let (option, project, location, allowance) = try_join4(
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
    };
    let text = document.to_canonical().map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(Some(ApprovalDocument { hash: sha256(&text), text }))
}
