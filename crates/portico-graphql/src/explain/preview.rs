//! `visibilityPreview`: what a change of portal settings would show and hide.

use std::sync::Arc;

use async_graphql::{Context, ID, SimpleObject};
use portico_core::explain::{KINDS, Kind, PREVIEWED_PARTS};
use portico_core::id::{ProjectId, Tag};
use portico_core::limits::MAX_PAGE;
use portico_graphql_macros::gated;
use portico_loader::explain::{PreviewOfProject, PreviewRow, PreviewSettings};
use portico_loader::portal::PortalOfProject;

use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::portal::PortalSettingsInput;

/// Default number of records per type.
const DEFAULT_FIRST: u32 = 5;

/// Object whose visibility to clients would change.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct PreviewedRecord {
    /// Global ID.
    id: ID,
    /// Title. Null if it has none.
    title: Option<String>,
}

/// Visibility change of one type.
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct VisibilityChange {
    /// Name of the type.
    kind: String,
    /// Total number of objects.
    count: i64,
    /// The first objects, by title.
    #[list_size(PREVIEWED)]
    records: Vec<PreviewedRecord>,
}

/// Effect of changed portal settings on what a project's clients see.
// Fields that become null or non-null in an object that stays visible are not listed: only milestones have them (MIL-4).
#[gated(STAFF)]
#[derive(Debug, Clone, SimpleObject)]
pub(crate) struct VisibilityPreview {
    /// Objects that clients would no longer see, by type. Types without changes are omitted.
    #[list_size(PREVIEWED)]
    newly_hidden: Vec<VisibilityChange>,
    /// Objects that clients would newly see, by type. Types without changes are omitted.
    #[list_size(PREVIEWED)]
    newly_shown: Vec<VisibilityChange>,
}

/// Compares a project's portal settings with other ones.
pub(crate) async fn preview_visibility(
    ctx: &Context<'_>,
    project: ProjectId,
    settings: PortalSettingsInput,
    first: Option<i32>,
) -> Result<Option<VisibilityPreview>, ApiError> {
    let first = read_first(first)?;
    let Some(portal) = load(ctx, PortalOfProject(project)).await? else { return Ok(None) };
    let supposed = PreviewSettings {
        features: settings.features_of(&portal)?,
        schedule_share: settings.schedule_share_of(&portal),
        shares_baseline: settings.shares_baseline_of(&portal),
    };
    let rows = load(ctx, PreviewOfProject { project, supposed, first }).await?;
    let changes = |is_shown| {
        KINDS.iter().chain(PREVIEWED_PARTS).filter_map(|kind| change(kind, &rows, is_shown)).collect::<Vec<_>>()
    };
    let (newly_shown, newly_hidden) = (changes(true), changes(false));
    Ok(Some(VisibilityPreview { newly_shown, newly_hidden }))
}

fn read_first(first: Option<i32>) -> Result<u32, ApiError> {
    let Some(first) = first else { return Ok(DEFAULT_FIRST) };
    let size = u32::try_from(first).ok().filter(|size| (1..=MAX_PAGE).contains(size));
    size.ok_or_else(|| ApiError::bad_input("first", format!("must be between 1 and {MAX_PAGE}, not {first}")))
}

/// The objects of one type that change in one direction; none if there are none.
fn change(kind: &Kind, rows: &[Arc<PreviewRow>], is_shown: bool) -> Option<VisibilityChange> {
    let own: Vec<_> = rows.iter().filter(|row| row.view_name == kind.view && row.is_shown == is_shown).collect();
    let count = own.first()?.count;
    Some(VisibilityChange {
        kind: kind.ty.to_owned(),
        count,
        records: own.into_iter().map(|row| record(kind, row)).collect(),
    })
}

fn record(kind: &Kind, row: &PreviewRow) -> PreviewedRecord {
    // Outsiders, and staff without `SCHEDULE_EDIT`, know the published version as the project's `Schedule`.
    let is_schedule = kind.tag == Tag::SCHEDULE;
    let id = if is_schedule { row.project_id.0 } else { row.record_id };
    let title = row.title.as_ref().map(|title| if is_schedule { format!("Version {title}") } else { title.clone() });
    PreviewedRecord { id: ids::global(kind.tag, id), title }
}
