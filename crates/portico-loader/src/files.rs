//! Files and photos of projects.

use portico_core::files::FileList;
use portico_core::id::{AlbumId, FileAttachmentId, FileId, ProjectId};
pub use portico_store::files::{
    AlbumRow, FileAttachmentRow, FileInternalsRow, FileRenditionRow, FileRow, FileTradeRow, ProjectCoverRow,
    ProjectStorageRow,
};
use portico_store::files::{
    albums_by_id, albums_in_projects, albums_of_projects, attachments_by_id, attachments_of_files,
    attachments_of_records, count_files_of_projects, covers_of_projects, files_by_id, files_in_projects,
    files_of_projects, internals_of_files, renditions_of_files, storage_of_projects, trades_of_files,
};
use uuid::Uuid;

use crate::gather::{loads_many, loads_one};
use crate::pages::loads_pages;
use crate::uncached::loads_uncached;

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

loads_pages! {
    by FileList;
    /// A page of a project's files.
    FilesOfProject => FileRow, files_of_projects;
    /// The number of files of a project in a list.
    FileCount, count_files_of_projects;
}
