//! Lists of files: pages, filter and order.

use async_graphql::{Context, Enum, ID, InputObject};
use portico_core::access::Audience;
use portico_core::files::{AttachmentRecord, FileKind as CoreKind, FileList, FileSortKey as CoreSortKey};
use portico_core::id::{ProjectId, Tag};
use portico_core::page::{Position, SortValue};
use portico_graphql_macros::gated;
use portico_loader::Loader;
use portico_loader::files::{FileCount, FileRow, FilesOfProject};
use uuid::Uuid;

use super::{File, FileKind, FileState, FileUploader};
use crate::activity::DateTimeFilter;
use crate::error::ApiError;
use crate::ids;
use crate::page::{PageArguments, RequestCursors, connection};
use crate::projects::search_words;

connection! {
    /// Page of files.
    FileConnection, FileEdge of File(FileRow), counted by FileCount, shared with (CLIENT, TRADE, STAFF)
}

/// Sort orders of files.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreSortKey")]
pub(crate) enum FileSortKey {
    /// Time of the upload, newest first.
    #[shared(CLIENT, TRADE, STAFF)]
    CreatedAt,
    /// Time at which the photo was taken, newest first; files without one come last.
    #[shared(CLIENT, TRADE, STAFF)]
    TakenAt,
    /// Name, ignoring case.
    #[shared(CLIENT, TRADE, STAFF)]
    Name,
    /// Size, smallest first.
    #[shared(CLIENT, TRADE, STAFF)]
    Size,
}

/// Filter by kind of file.
#[gated(CLIENT, TRADE, STAFF)]
#[derive(Debug, Clone, InputObject)]
pub(crate) struct FileKindFilter {
    #[graphql(name = "in")]
    one_of: Vec<FileKind>,
}

/// Filter of files. Conditions are combined with AND.
#[gated]
#[derive(Debug, Clone, Default, InputObject)]
pub(crate) struct FileFilter {
    /// Kind.
    #[shared(CLIENT, TRADE, STAFF)]
    kind: Option<FileKindFilter>,
    /// Uploaders.
    #[shared(CLIENT, TRADE, STAFF)]
    uploaded_by: Option<FileUploader>,
    /// Time of the upload.
    #[shared(CLIENT, TRADE, STAFF)]
    created_at: Option<DateTimeFilter>,
    /// State. Omit for all files that are not deleted.
    #[shared(STAFF)]
    state: Option<FileState>,
    /// Whether clients see the file.
    #[shared(STAFF)]
    shared_with_clients: Option<bool>,
    /// ID of a record to which the file is attached: a selection, an option of one, a message or a task.
    #[shared(CLIENT, TRADE, STAFF)]
    record_id: Option<ID>,
    /// ID of the album.
    #[shared(CLIENT, STAFF)]
    album_id: Option<ID>,
}

impl FileFilter {
    fn list(
        self,
        ctx: &Context<'_>,
        query: Option<String>,
        sort: CoreSortKey,
        is_reverse: bool,
    ) -> Result<FileList, ApiError> {
        let Self { kind, uploaded_by, created_at, state, shared_with_clients, record_id, album_id } = self;
        let record = record_id.map(|id| record(ctx, &id)).transpose()?;
        let album = album_id.map(|id| ids::read_as(&id, "filter.albumId", Tag::ALBUM)).transpose()?;
        let is_newest_first = matches!(sort, CoreSortKey::CreatedAt | CoreSortKey::TakenAt);
        Ok(FileList {
            kind_in: kind.map(|kind| kind.one_of.into_iter().map(Into::into).collect()),
            author: uploaded_by.map(Into::into),
            created_at: created_at.map(|range| range.checked("filter.createdAt")).transpose()?.unwrap_or_default(),
            state: state.map(Into::into),
            shared_with_clients,
            record,
            album,
            search: search_words(query)?,
            sort,
            descending: is_newest_first != is_reverse,
        })
    }
}

/// The record of a filter. One of a type without files finds none, and so does a task for clients (SCH-6).
fn record(ctx: &Context<'_>, id: &ID) -> Result<Uuid, ApiError> {
    let id = ids::read(id, "filter.recordId")?;
    let is_client = ctx.data_unchecked::<Loader>().viewer().audience() == Audience::Client;
    let kind = AttachmentRecord::of_tag(id.tag).filter(|kind| !is_client || *kind != AttachmentRecord::Task);
    Ok(kind.map_or(Uuid::nil(), |_| id.uuid))
}

/// One page of a project's files.
pub(crate) async fn files_page(
    ctx: &Context<'_>,
    project: ProjectId,
    arguments: PageArguments,
    (filter, query): (Option<FileFilter>, Option<String>),
    (sort_key, is_reverse): (FileSortKey, bool),
) -> Result<FileConnection, ApiError> {
    let list = filter.unwrap_or_default().list(ctx, query, sort_key.into(), is_reverse)?;
    page(ctx, project, arguments, list).await
}

/// One page of a project's photos and videos, newest first.
pub(crate) async fn photos_page(
    ctx: &Context<'_>,
    project: ProjectId,
    arguments: PageArguments,
    filter: Option<FileFilter>,
) -> Result<FileConnection, ApiError> {
    let mut list = filter.unwrap_or_default().list(ctx, None, CoreSortKey::CreatedAt, false)?;
    let mut kinds = list.kind_in.unwrap_or_else(|| vec![CoreKind::Photo, CoreKind::Video]);
    kinds.retain(|kind| *kind != CoreKind::File);
    list.kind_in = Some(kinds);
    page(ctx, project, arguments, list).await
}

async fn page(
    ctx: &Context<'_>,
    project: ProjectId,
    arguments: PageArguments,
    list: FileList,
) -> Result<FileConnection, ApiError> {
    let loader = ctx.data_unchecked::<Loader>();
    let name = format!("files|{}|{list:?}", project.0);
    let cursors = ctx.data_unchecked::<RequestCursors>().of_list(&loader.viewer(), &name);
    let slice = arguments.slice(&cursors)?;
    let page = loader.load(FilesOfProject { project, list: list.clone(), slice }).await?;
    let sort = list.sort;
    Ok(FileConnection::new(page, FileCount { project, list }, cursors, move |row| position(row, sort)))
}

fn position(row: &FileRow, sort: CoreSortKey) -> Position {
    let value = match sort {
        CoreSortKey::CreatedAt => SortValue::Int(row.created_at.timestamp_micros()),
        CoreSortKey::TakenAt => row.taken_at.map_or(SortValue::Null, |at| SortValue::Int(at.timestamp_micros())),
        CoreSortKey::Name => SortValue::Text(row.name.clone()),
        CoreSortKey::Size => SortValue::Int(row.size),
    };
    Position { value, id: row.id.0 }
}
