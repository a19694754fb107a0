//! Files and photos.

mod enums;
mod file;
mod list;
mod storage;

pub(crate) use enums::{FileKind, FileSource, FileState, FileUploader, RenditionState, ScanResult};
pub(crate) use file::File;
pub(crate) use list::{FileConnection, FileFilter, FileSortKey, files_page, photos_page};
pub(crate) use storage::{ProjectStorage, storage_of};
