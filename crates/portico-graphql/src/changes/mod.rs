//! `changes(since:)`: what a reader who keeps a copy of a project has to change in it.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use futures_util::future::try_join_all;
use portico_actions::Actor;
use portico_core::changes::{Page, Sent, Since, page, sent, with_differences};
use portico_core::clock::Clock;
use portico_core::id::{GlobalId, ProjectId};
use portico_core::limits::{DEFAULT_PAGE, MAX_PAGE};
use portico_graphql_macros::gated;
use portico_loader::changes::{ProjectSync, SyncOfProject};
use uuid::Uuid;

use crate::access::Rights;
use crate::error::ApiError;
use crate::ids;
use crate::load::load;
use crate::node::{Node, may_fetch, node_by_id};
use crate::page::RequestCursors;

/// What happened to a record.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "portico_core::changes::ChangeKind")]
pub(crate) enum ChangeKind {
    /// It was created, or shared with you.
    #[shared(CLIENT, TRADE, STAFF)]
    Created,
    /// Something that you may see of it was changed.
    #[shared(CLIENT, TRADE, STAFF)]
    Changed,
    /// It was deleted, or is no longer shared with you.
    #[shared(CLIENT, TRADE, STAFF)]
    Removed,
}

/// Change of a record of a project.
pub(crate) struct RecordChange {
    kind: ChangeKind,
    id: ID,
    record: Option<Node>,
}

/// Change of a record of a project.
#[gated]
#[Object]
impl RecordChange {
    /// What happened since you received the record. If it changes while you fetch several pages, or use several devices, `CREATED` and
    /// `CHANGED` may be exchanged: store the record for both, and delete it for `REMOVED` if you have it.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn kind(&self) -> ChangeKind {
        self.kind
    }

    /// Global ID of the record.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn id(&self) -> &ID {
        &self.id
    }

    /// The record as it is now. Null if it was removed.
    #[shared(CLIENT, TRADE, STAFF)]
    async fn record(&self) -> Option<&Node> {
        self.record.as_ref()
    }
}

/// Changes of a project's records since a cursor.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(SimpleObject)]
pub(crate) struct ProjectChanges {
    /// The changes, oldest first, each record at most once. Apply them in this order.
    #[list_size(CHANGES)]
    entries: Vec<RecordChange>,
    /// Opaque cursor for the next `since`: keep it with the copy.
    cursor: String,
    /// Whether more changes follow: ask again with `cursor`.
    has_more: bool,
}

/// The changes of a project since a cursor. None if the project is not visible.
pub(crate) async fn changes_since(
    ctx: &Context<'_>,
    project: ProjectId,
    since: Option<&str>,
    first: Option<i32>,
) -> Result<Option<ProjectChanges>, ApiError> {
    let size = read_first(first)?;
    let cursors = ctx.data_unchecked::<RequestCursors>().of_any_viewer(&format!("changes|{}", project.0));
    // An app whose copy of the cursor is damaged fetches again, as for one that is too old.
    let invalid = |_| ApiError::CursorInvalid { argument: "since" };
    let since: Option<(Uuid, Since)> =
        since.map(|cursor| cursors.read(cursor, "since").map_err(invalid)).transpose()?;
    let (reader, since) = since.unwrap_or_default();
    // One more, to know whether more follow.
    let Some(sync) = load(ctx, SyncOfProject { project, since, size: size + 1 }).await? else { return Ok(None) };
    let state = &sync.state;
    let is_known = reader == state.reader_id
        && Some(since.position) <= state.position
        // What was sent before has been deleted, so removals are not known.
        && Some(since.position) > state.deleted_position;
    if since.position > 0 && !is_known {
        return Err(ApiError::CursorInvalid { argument: "since" });
    }
    let Page { changes, since, has_more } = send(ctx, &sync, since, size as usize).await?;
    // The role schema has no such records.
    let rights = *ctx.data_unchecked::<Rights>();
    let changes = changes.into_iter().filter(|(_, sent)| may_fetch(rights, sent.kind));
    let entries = try_join_all(changes.map(|(kind, sent)| entry(ctx, kind.into(), sent))).await?;
    Ok(Some(ProjectChanges { entries, cursor: cursors.write(&(sync.state.reader_id, since)), has_more }))
}

fn read_first(first: Option<i32>) -> Result<u32, ApiError> {
    let Some(first) = first else { return Ok(DEFAULT_PAGE) };
    let size = u32::try_from(first).ok().filter(|size| (1..=MAX_PAGE).contains(size));
    size.ok_or_else(|| ApiError::bad_input("first", format!("must be between 1 and {MAX_PAGE}, not {first}")))
}

/// Records that the reader is sent all differences, and returns the first changes since a position.
async fn send(ctx: &Context<'_>, sync: &Arc<ProjectSync>, since: Since, size: usize) -> Result<Page, ApiError> {
    let last = sync.state.position.unwrap_or_default();
    let differences = sent(last, &sync.differences);
    let next = differences.last().map_or(last, |sent| sent.position);
    let is_kept = differences.is_empty() || ctx.data_unchecked::<Actor>().save_sent(sync).await?;
    if is_kept {
        let (all, through) = with_differences(&sync.sent, size + 1, &differences, next);
        return Ok(page(since, size, &all, through, next));
    }
    // Another request of this reader has sent these differences, or later ones, at positions that this snapshot does not show.
    // The answer ends before them, and must not be repeated from the response cache.
    ctx.data_unchecked::<Arc<Clock>>().now();
    let (earlier, through) = with_differences(&sync.sent, size + 1, &[], last);
    Ok(Page { has_more: true, ..page(since, size, &earlier, through, last) })
}

/// An entry with its record, as the loader returns it.
async fn entry(ctx: &Context<'_>, kind: ChangeKind, sent: Sent) -> Result<RecordChange, ApiError> {
    let record = match kind {
        ChangeKind::Removed => None,
        ChangeKind::Created | ChangeKind::Changed => {
            // The viewer's rights have changed since sign-in. With the same cursor, the next request reads all of this again.
            Some(node_by_id(ctx, GlobalId::new(sent.kind, sent.id)).await?.ok_or(ApiError::Conflict)?)
        }
    };
    Ok(RecordChange { kind, id: ids::global(sent.kind, sent.id), record })
}
