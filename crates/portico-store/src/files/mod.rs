//! Files and photos of projects.

mod download;
mod list;
mod marker;
mod quota;
mod renditions;
mod rows;
mod scan;
mod uploads;
mod writes;

pub use download::{Download, StoredObject, download};
pub use list::{count_files_of_projects, files_of_projects};
pub use marker::{current_store, has_objects, set_current_store};
pub use quota::{Quota, free, reserve, settle, stored_bytes};
use renditions::original_objects;
pub use renditions::{
    NewFacts, NewImage, PendingContent, begin_image_objects, pending_content, record_images, record_unfit,
};
pub use rows::{
    FileInternalsRow, FileObjectRow, FileRenditionRow, FileRow, FileTradeRow, ProjectStorageRow, files_by_id,
    internals_of_files, objects_of_renditions, renditions_of_files, storage_of_projects, trades_of_files,
};
pub use scan::{content_to_scan, current_content, images_to_make, record_scan, release_file};
pub use uploads::{
    NewUpload, ReceivedObject, StoredUpload, begin_object, claim_unused_objects, delete_objects, delete_upload,
    end_object, find_upload, insert_upload, lock_upload, open_uploads, received_objects,
};
pub use writes::{
    LockedFile, NewFile, insert_file, lock_file, rename_file, set_deleted, share_with_clients, share_with_trades,
    shares_by_default, trades_of_file,
};
