//! Files and photos of projects (docs/decisions/0038).

mod albums;
mod checks;
mod cover_photo_set;
mod file_attach;
mod file_attachments;
mod file_delete;
mod file_finalize;
mod file_release;
mod file_share;
mod file_update;
mod files_address_replace;
mod mail_receive;
mod receive;
mod staged_upload_cancel;
mod staged_upload_create;

pub use albums::{AlbumDelete, AlbumSave};
pub use cover_photo_set::CoverPhotoSet;
pub use file_attach::FileAttach;
pub(crate) use file_attach::check_count;
pub use file_attachments::{FileAttachmentUpdate, FileDetach};
pub use file_delete::{FileDelete, FileRestore};
pub use file_finalize::FileFinalize;
pub use file_release::FileRelease;
pub use file_share::FileShare;
pub use file_update::FileUpdate;
pub use files_address_replace::FilesAddressReplace;
pub use mail_receive::{
    LeftOut, MailBegin, MailEnd, MailPlaces, MailSender, MailedFile, NamedAttachment, ReceivedMail, named_attachment,
};
pub use receive::{UploadCancel, UploadHead, UploadObjectBegin, UploadObjectEnd};
pub use staged_upload_cancel::StagedUploadCancel;
pub use staged_upload_create::{StagedUpload, StagedUploadCreate};
