//! What a client signs when approving a selection.

use std::collections::HashSet;
use std::iter;
use std::sync::Arc;

use async_graphql::{Context, SimpleObject};
use futures_util::future::{try_join_all, try_join3, try_join4};
use portico_core::decisions::{SeenAllowance, SeenFile, SeenOption, SelectionDocument, sha256};
use portico_core::files::FileState;
use portico_core::id::SelectionOptionId;
use portico_core::projects::ProjectStatus;
use portico_core::selections::{Basis, ChosenPrice, SelectionStatus};
use portico_graphql_macros::gated;
use portico_loader::files::{AttachmentsOfRecord, FileIn, FileRow};
use portico_loader::projects::{LocationIn, ProjectRow};
use portico_loader::selections::{
    AllowanceIn, AllowanceRow, ChoiceRow, ChoicesOfSelection, OptionRow, OptionsOfSelection, SelectionRow,
};

use super::selection::project_of;
use crate::error::ApiError;
use crate::load::load;

/// What a client signs when approving a selection. The decision records exactly this text.
#[gated(CLIENT, STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct ApprovalDocument {
    /// Project, selection with version and location, chosen options with quantities and prices, the change of the contract total, allowance
    /// with overage, fee and tax, and the files that clients see on the selection and the chosen options, each with its SHA-256; as canonical
    /// JSON (RFC 8785).
    text: String,
    /// SHA-256 of `text`, hexadecimal. `selectionApprove` requires it.
    hash: String,
}

/// What decides about the amounts of a selection, in the caller's role view.
pub(super) struct Offer {
    pub(super) project: Arc<ProjectRow>,
    pub(super) options: Arc<[Arc<OptionRow>]>,
    pub(super) allowance: Option<Arc<AllowanceRow>>,
}

impl Offer {
    /// Loads it.
    pub(super) async fn of(ctx: &Context<'_>, row: &SelectionRow) -> Result<Self, ApiError> {
        // At once, so that the documents of a list take one round of statements.
        let (options, project, allowance) =
            try_join3(load(ctx, OptionsOfSelection(row.project_id, row.id)), project_of(ctx, row.project_id), async {
                match row.allowance_id {
                    Some(id) => load(ctx, AllowanceIn(row.project_id, id)).await,
                    None => Ok(None),
                }
            })
            .await?;
        Ok(Self { project, options, allowance })
    }

    /// What a choice is compared with.
    pub(super) fn basis(&self) -> Basis {
        match &self.allowance {
            Some(allowance) => Basis::Allowance(allowance.amounts(), allowance.used_minor),
            None => {
                let standard = self.options.iter().find(|option| option.is_standard);
                standard.map_or(Basis::Nothing, |standard| Basis::Standard(standard.price_minor))
            }
        }
    }

    /// The option with an id.
    pub(super) fn option(&self, id: SelectionOptionId) -> Option<&Arc<OptionRow>> {
        self.options.iter().find(|option| option.id == id)
    }
}

/// The document of a selection that can be approved now. The action builds the same one from the tables, under locks:
/// where the two differ, the approval is rejected.
pub(super) async fn approval_document(
    ctx: &Context<'_>,
    row: &SelectionRow,
) -> Result<Option<ApprovalDocument>, ApiError> {
    if row.status != SelectionStatus::Chosen {
        return Ok(None);
    }
    let (offer, choices, location, files) = try_join4(
        Offer::of(ctx, row),
        load(ctx, ChoicesOfSelection(row.project_id, row.id)),
        async {
            match row.location_id {
                Some(id) => load(ctx, LocationIn(row.project_id, id)).await,
                None => Ok(None),
            }
        },
        seen_files(ctx, row),
    )
    .await?;
    if offer.project.status == ProjectStatus::Archived {
        return Ok(None);
    }
    let option = |choice: &Arc<ChoiceRow>| {
        let option = offer.option(choice.option_id)?;
        Some(SeenOption {
            id: option.id,
            title: option.title.clone(),
            description: option.description.clone(),
            is_standard: option.is_standard,
            lead_time_days: option.lead_time_days,
            price: ChosenPrice { unit_minor: option.price_minor, quantity: choice.quantity },
        })
    };
    let document = SelectionDocument {
        project: row.project_id,
        currency: offer.project.currency,
        selection: row.id,
        version: row.version,
        number: row.number,
        title: row.title.clone(),
        instructions: row.instructions.clone(),
        location: location.map(|location| location.name.clone()),
        options: choices.iter().filter_map(option).collect(),
        basis: offer.basis(),
        allowance: offer.allowance.as_ref().map(|allowance| SeenAllowance {
            id: allowance.id,
            name: allowance.name.clone(),
            covers: allowance.covers,
            terms: allowance.terms.clone(),
        }),
        files,
    };
    if document.effect().and_then(|effect| effect.contract_minor).is_none() {
        return Ok(None);
    }
    let text = document.to_canonical().map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(Some(ApprovalDocument { hash: sha256(&text), text }))
}

/// The files that clients see on a selection, then those on its chosen options, each once: the same for clients and staff.
async fn seen_files(ctx: &Context<'_>, row: &SelectionRow) -> Result<Vec<SeenFile>, ApiError> {
    let choices = load(ctx, ChoicesOfSelection(row.project_id, row.id)).await?;
    let records = iter::once(row.id.0).chain(choices.iter().map(|choice| choice.option_id.0));
    let attached = try_join_all(records.map(|record| load(ctx, AttachmentsOfRecord(row.project_id, record)))).await?;
    let for_clients = attached.iter().flat_map(|rows| rows.iter()).filter(|row| {
        row.hidden_from_clients == Some(false)
            && row.shared_with_clients == Some(true)
            && row.file_state == FileState::Available
    });
    let mut known = HashSet::new();
    let once = for_clients.map(|attachment| attachment.file_id).filter(|file| known.insert(*file));
    let files = try_join_all(once.map(|file| load(ctx, FileIn(row.project_id, file)))).await?;
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
