//! Files and photos.

mod address;
mod album;
mod album_mutations;
mod attachment;
mod attachment_mutations;
mod enums;
mod file;
mod link;
mod list;
mod mutations;
mod storage;
mod upload;

pub(crate) use address::{FilesAddressMutations, files_address_of};
pub(crate) use album::{Album, albums_of, cover_photo_of};
pub(crate) use album_mutations::AlbumMutations;
pub(crate) use attachment::{FileAttachment, attachments_of};
pub(crate) use attachment_mutations::AttachmentMutations;
pub(crate) use enums::{FileKind, FileSource, FileState, FileUploader, ImageSize, RenditionState, ScanResult};
pub(crate) use file::File;
pub(crate) use list::{FileConnection, FileFilter, FileSortKey, files_page, photos_page};
pub(crate) use mutations::FileMutations;
pub(crate) use storage::{ProjectStorage, storage_of};
pub(crate) use upload::StagedUpload;
