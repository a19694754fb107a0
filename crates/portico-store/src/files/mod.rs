//! Files and photos of projects.

mod albums;
mod attachments;
mod download;
mod holds;
mod list;
mod mails;
mod marker;
mod quota;
mod renditions;
mod rows;
mod scan;
mod uploads;
mod writes;

pub use albums::{
    AlbumChange, AlbumRow, ProjectCoverRow, albums_by_id, albums_in_projects, albums_like, albums_of_projects,
    change_album, cover_of, covers_of_projects, delete_album, insert_album, move_to_album, project_of_album, set_cover,
};
pub(crate) use attachments::detach_all;
pub use attachments::{
    AttachmentChange, FileAttachmentRow, FileForMessage, OwnAttachment, RecordOfFiles, assigned_partners,
    attachments_by_id, attachments_like, attachments_of_files, attachments_of_records, change_attachment,
    delete_attachment, files_for, insert_attachment, is_shared_selection, lock_drafted_task, lock_record,
    most_files_beside, own_attachment,
};
pub use download::{Download, StoredObject, download};
pub use holds::{SeenContent, contents_seen_on, decisions_holding, hold_contents, lock_files_of};
pub use list::{count_files_of_projects, files_of_projects};
pub use mails::{is_mail_known, places_of_mail_keys, record_mail, replace_mail_key, unattributed_files};
pub use marker::{current_store, has_objects, set_current_store};
pub use quota::{Quota, free, reserve, settle, stored_bytes};
use renditions::original_objects;
pub use renditions::{
    NewFacts, NewRendition, PendingContent, begin_objects, end_objects, pending_content, record_renditions,
    record_unfit,
};
pub use rows::{
    FileInternalsRow, FileObjectRow, FileRenditionRow, FileRow, FileTradeRow, ProjectStorageRow, files_by_id,
    files_in_projects, internals_of_files, objects_of_renditions, renditions_of_files, storage_of_projects,
    trades_of_files,
};
pub use scan::{ContentToScan, content_to_scan, current_content, images_to_make, record_scan, release_file};
pub use uploads::{
    NewUpload, ReceivedObject, StoredUpload, begin_object, claim_unused_objects, delete_objects, delete_upload,
    end_object, find_upload, insert_upload, lock_upload, open_uploads, received_objects,
};
pub use writes::{
    FileAuthor, InsertedFile, LockedFile, NewFile, finish_upload, insert_file, lock_file, rename_file, set_deleted,
    share_with_clients, share_with_trades, shares_by_default, trades_of_file,
};
