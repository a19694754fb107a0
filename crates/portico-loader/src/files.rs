//! Files and photos of projects.

use portico_core::files::FileList;
use portico_core::id::{FileId, ProjectId};
pub use portico_store::files::{FileInternalsRow, FileRenditionRow, FileRow, FileTradeRow, ProjectStorageRow};
use portico_store::files::{
    count_files_of_projects, files_by_id, files_of_projects, internals_of_files, renditions_of_files,
    storage_of_projects, trades_of_files,
};

use crate::gather::{loads_many, loads_one};
use crate::pages::loads_pages;
use crate::uncached::loads_uncached;

loads_one! {
    /// A file.
    FileById(FileId) => FileRow, files_by_id, by id
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
