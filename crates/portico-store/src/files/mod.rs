//! Files and photos of projects.

mod list;
mod rows;

pub use list::{count_files_of_projects, files_of_projects};
pub use rows::{
    FileInternalsRow, FileObjectRow, FileRenditionRow, FileRow, FileTradeRow, ProjectStorageRow, files_by_id,
    internals_of_files, objects_of_renditions, renditions_of_files, storage_of_projects, trades_of_files,
};
