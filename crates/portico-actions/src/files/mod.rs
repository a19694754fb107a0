//! Files and photos of projects (docs/decisions/0038).

mod checks;
mod file_delete;
mod file_finalize;
mod file_release;
mod file_share;
mod file_update;
mod receive;
mod staged_upload_cancel;
mod staged_upload_create;

pub use file_delete::{FileDelete, FileRestore};
pub use file_finalize::FileFinalize;
pub use file_release::FileRelease;
pub use file_share::FileShare;
pub use file_update::FileUpdate;
pub use receive::{UploadCancel, UploadHead, UploadObjectBegin, UploadObjectEnd};
pub use staged_upload_cancel::StagedUploadCancel;
pub use staged_upload_create::{StagedUpload, StagedUploadCreate};
