//! Files and photos of projects.

use std::collections::HashMap;
use std::sync::Arc;

use portico_core::files::FileList;
use portico_core::generations::Owner;
use portico_core::id::{AlbumId, FileAttachmentId, FileId, ProjectId};
use portico_core::page::{Paged, Slice};
pub use portico_store::files::{
    AlbumRow, FileAttachmentRow, FileInternalsRow, FileRenditionRow, FileRow, FileTradeRow, ProjectCoverRow,
    ProjectStorageRow,
};
use portico_store::files::{
    albums_by_id, albums_in_projects, albums_of_projects, attachments_by_id, attachments_of_files,
    attachments_of_records, count_files_of_projects, covers_of_projects, files_by_id, files_in_projects,
    files_of_projects, internals_of_files, renditions_of_files, storage_of_projects, trades_of_files,
};
use portico_store::{ReadSession, StoreError};
use serde::Serialize;
use uuid::Uuid;

use crate::gather::{loads_many, loads_one, page_each};
use crate::uncached::loads_uncached;
use crate::{CachePolicy, Key};

loads_one! {
    /// A file.
    FileById(FileId) => FileRow, files_by_id, by id
}
loads_one! {
    /// A file of a known project.
    FileIn(in project, FileId) => FileRow, files_in_projects, by id
}
loads_one! {
    /// A file on a record.
    AttachmentById(FileAttachmentId) => FileAttachmentRow, attachments_by_id, by id
}
loads_many! {
    /// The records of a file, in the order in which it was attached.
    AttachmentsOfFile(in project, FileId) => FileAttachmentRow, attachments_of_files, by file_id
}
loads_many! {
    /// The files of a record, in the order in which they were attached.
    AttachmentsOfRecord(in project, Uuid) => FileAttachmentRow, attachments_of_records, by record_id
}
loads_one! {
    /// An album.
    AlbumById(AlbumId) => AlbumRow, albums_by_id, by id
}
loads_one! {
    /// An album of a known project.
    AlbumIn(in project, AlbumId) => AlbumRow, albums_in_projects, by id
}
loads_many! {
    /// A project's albums, in the company's order.
    AlbumsOfProject(of project) => AlbumRow, albums_of_projects, by project_id
}
loads_one! {
    /// The photo that stands for a project.
    CoverOfProject(of project) => ProjectCoverRow, covers_of_projects, by project_id
}
loads_many! {
    /// What can be downloaded of a file.
    RenditionsOfFile(in project, FileId) => FileRenditionRow, renditions_of_files, by file_id
}
loads_many! {
    /// Trade partners with whom a file is shared.
    TradesOfFile(in project, FileId) => FileTradeRow, trades_of_files, by file_id
}
loads_one! {
    /// Columns of a file for staff only.
    InternalsOfFile(in project, FileId) => FileInternalsRow, internals_of_files, by file_id
}
loads_uncached! {
    /// Bytes that a project uses. Not cached: each upload changes them, without a generation.
    StorageOfProject(ProjectId) => ProjectStorageRow, storage_of_projects, by project_id
}

/// A page of a project's files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FilesOfProject {
    /// The project.
    pub project: ProjectId,
    /// The filter and order.
    pub list: FileList,
    /// The slice.
    pub slice: Slice,
}

impl Key for FilesOfProject {
    type Value = Arc<Paged<Arc<FileRow>>>;

    const KIND: &'static str = "FilesOfProject";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.project))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_question: HashMap<(FileList, Slice), Vec<ProjectId>> = HashMap::new();
        for key in keys {
            by_question.entry((key.list, key.slice)).or_default().push(key.project);
        }
        let mut pages = HashMap::new();
        for ((list, slice), projects) in by_question {
            let rows = files_of_projects(session, projects, &list, &slice).await?;
            let of_project = page_each(rows, session.viewer(), &slice, |row| Self {
                project: row.project_id,
                list: list.clone(),
                slice: slice.clone(),
            });
            pages.extend(of_project);
        }
        Ok(pages)
    }
}

/// The number of files of a project in a list.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
pub struct FileCount {
    /// The project.
    pub project: ProjectId,
    /// The filter.
    pub list: FileList,
}

impl Key for FileCount {
    type Value = i64;

    const KIND: &'static str = "FileCount";

    fn policy(&self) -> CachePolicy {
        CachePolicy::Owner(Owner::Project(self.project))
    }

    async fn load(session: &ReadSession, keys: Vec<Self>) -> Result<HashMap<Self, Self::Value>, StoreError> {
        let mut by_list: HashMap<FileList, Vec<ProjectId>> = HashMap::new();
        for key in keys {
            by_list.entry(key.list).or_default().push(key.project);
        }
        let mut counts = HashMap::new();
        for (list, projects) in by_list {
            let of_project = count_files_of_projects(session, projects, &list).await?;
            counts.extend(of_project.into_iter().map(|(project, count)| (Self { project, list: list.clone() }, count)));
        }
        Ok(counts)
    }
}
