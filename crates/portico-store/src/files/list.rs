//! The files of projects: filtered, sorted, searched and paged.

use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::result::QueryResult;
use diesel::sql_types::{Array, Bool, Text, Uuid as SqlUuid};
use portico_core::access::Audience;
use portico_core::files::{AttachmentRecord, FileList, FileSortKey, FileState};
use portico_core::id::ProjectId;
use portico_core::page::Slice;

use super::FileRow;
use super::rows::files;
use crate::children::{ParentId, of_each};
use crate::fragment::{free_expression, push_time_range};
use crate::page::SortBy;
use crate::search::{Found, found};
use crate::{ReadSession, StoreError};

/// The same slice of the same list of each project, in the order in which the slice reads them.
///
/// # Errors
///
/// [`StoreError::Hidden`] if the list filters by a column that the viewer may not see, or if the query fails.
pub async fn files_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    list: &FileList,
    slice: &Slice,
) -> Result<Vec<FileRow>, StoreError> {
    refuse_hidden(session, list)?;
    let sort = sort_by(list);
    let of_one = files::table
        .filter(files::project_id.eq(ParentId))
        .filter(Matching::of(session, list))
        .filter(sort.within(slice))
        .order(sort.order(slice))
        .limit(slice.limit())
        .select(FileRow::as_select());
    session.load(of_each(projects.into_iter().map(|project| project.0), of_one)).await
}

/// The number of files of each project in a list, in the same role view. A project without any is omitted.
///
/// # Errors
///
/// As [`files_of_projects`].
pub async fn count_files_of_projects(
    session: &ReadSession,
    projects: Vec<ProjectId>,
    list: &FileList,
) -> Result<Vec<(ProjectId, i64)>, StoreError> {
    refuse_hidden(session, list)?;
    let of_these = files::table.filter(files::project_id.eq_any(projects)).filter(Matching::of(session, list));
    session.load(of_these.group_by(files::project_id).select((files::project_id, count_star()))).await
}

/// Rejects filters by what outsiders may not know of files.
fn refuse_hidden(session: &ReadSession, list: &FileList) -> Result<(), StoreError> {
    if (list.state.is_some() || list.shared_with_clients.is_some()) && !session.viewer().is_staff() {
        return Err(StoreError::Hidden("FileFilter.state"));
    }
    // Trade partners have no albums.
    if list.album.is_some() && session.viewer().audience() == Audience::Trade {
        return Err(StoreError::Hidden("FileFilter.albumId"));
    }
    Ok(())
}

/// Times in microseconds, the precision of PostgreSQL.
fn sort_by(list: &FileList) -> SortBy {
    let expression = match list.sort {
        FileSortKey::CreatedAt => "(extract(epoch from files.created_at) * 1000000)::bigint",
        FileSortKey::TakenAt => "(extract(epoch from files.taken_at) * 1000000)::bigint",
        FileSortKey::Name => "lower(files.name)",
        FileSortKey::Size => "files.size",
    };
    SortBy { expression, folds_case: list.sort == FileSortKey::Name, id: "files.id", descending: list.descending }
}

/// SQL of a list's conditions.
#[derive(Debug, Clone)]
struct Matching {
    list: FileList,
    search: Option<Found>,
    is_for_client: bool,
}

impl Matching {
    fn of(session: &ReadSession, list: &FileList) -> Self {
        let search = list.search.as_ref().map(|words| found("files.search_text", words));
        Self { list: list.clone(), search, is_for_client: session.viewer().audience() == Audience::Client }
    }
}

free_expression!(Matching, Bool);

impl QueryFragment<Pg> for Matching {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("TRUE");
        if let Some(kinds) = &self.list.kind_in {
            out.push_sql(" AND files.kind = ANY(");
            out.push_bind_param::<Array<Text>, _>(kinds)?;
            out.push_sql(")");
        }
        if let Some(author) = &self.list.author {
            out.push_sql(" AND files.author_kind = ");
            out.push_bind_param::<Text, _>(author)?;
        }
        push_time_range(&mut out, "files.created_at", &self.list.created_at)?;
        match &self.list.state {
            Some(state) => {
                out.push_sql(" AND files.state = ");
                out.push_bind_param::<Text, _>(state)?;
            }
            None => {
                out.push_sql(" AND files.state <> ");
                out.push_bind_param::<Text, _>(&FileState::Deleted)?;
            }
        }
        if let Some(is_shared) = &self.list.shared_with_clients {
            out.push_sql(" AND files.shared_with_clients = ");
            out.push_bind_param::<Bool, _>(is_shared)?;
        }
        // Both in the reader's role view: an attachment or album that is hidden finds nothing.
        if let Some(record) = &self.list.record {
            out.push_sql(
                " AND EXISTS (SELECT FROM file_attachments WHERE file_attachments.file_id = files.id \
                 AND file_attachments.project_id = files.project_id AND file_attachments.record_id = ",
            );
            out.push_bind_param::<SqlUuid, _>(record)?;
            if self.is_for_client {
                out.push_sql(" AND NOT file_attachments.hidden_from_clients AND file_attachments.record_kind <> ");
                out.push_bind_param::<Text, _>(&AttachmentRecord::Task)?;
            }
            out.push_sql(")");
        }
        if let Some(album) = &self.list.album {
            out.push_sql(" AND files.album_id = ");
            out.push_bind_param::<SqlUuid, _>(&album.0)?;
        }
        if let Some(found) = &self.search {
            out.push_sql(" AND ");
            found.walk_ast(out.reborrow())?;
        }
        Ok(())
    }
}
