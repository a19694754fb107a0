//! Rows of files, and of what can be downloaded of them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use portico_core::access::Viewer;
use portico_core::files::{
    FileAuthorKind, FileKind, FileSharing, FileSource, FileState, RenditionKind, RenditionState, ScanResult,
};
use portico_core::id::{
    AlbumId, CompanyId, FileId, FileObjectId, FileRenditionId, IdentityId, ProjectId, ProjectMembershipId,
};
use portico_store_macros::role_view;
use rust_decimal::Decimal;

use crate::by_key::rows_by_key;
use crate::visible::{Visible, visible_to_staff_alone};

/// A file of a project.
#[role_view(files(id), queried(search_text))]
pub struct FileRow {
    /// The file.
    pub id: FileId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its kind.
    pub kind: FileKind,
    /// The name, with its extension.
    pub name: String,
    /// The state.
    pub state: FileState,
    /// Whether clients see it; none for trade partners.
    pub shared_with_clients: Option<bool>,
    /// The trade partner who reads; none for others.
    pub trade_membership_id: Option<ProjectMembershipId>,
    /// The person who added it; none for the sender of a mail who is no member.
    pub author_id: Option<IdentityId>,
    /// The capacity in which it was added.
    pub author_kind: FileAuthorKind,
    /// Name of the author at the time; for such a sender, the address. None for trade partners.
    pub author_name: Option<String>,
    /// Number of the current content, from 1.
    pub content_number: i32,
    /// The media type, determined from the content.
    pub media_type: String,
    /// Bytes of the upload.
    pub size: i64,
    /// State of the images made of it.
    pub renditions: RenditionState,
    /// Time at which the photo was taken.
    pub taken_at: Option<DateTime<Utc>>,
    /// Time of the upload.
    pub created_at: DateTime<Utc>,
    /// Time of the deletion; none for outsiders.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Increases with changes of name and content.
    pub version: i32,
    /// Its album; none if the reader does not see it.
    pub album_id: Option<AlbumId>,
    /// SHA-256 of the current content, in hexadecimal digits; none for trade partners.
    pub sha256: Option<String>,
    /// Whether it is evidence of a decision; none for trade partners.
    pub is_evidence: Option<bool>,
}

/// What can be downloaded of a content: the original, or an image made of it.
#[role_view(file_renditions(id))]
pub struct FileRenditionRow {
    /// The rendition.
    pub id: FileRenditionId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its file.
    pub file_id: FileId,
    /// State of the file.
    pub state: FileState,
    /// Whether clients see the file; none for trade partners.
    pub shared_with_clients: Option<bool>,
    /// The trade partner who reads; none for others.
    pub trade_membership_id: Option<ProjectMembershipId>,
    /// The kind.
    pub kind: RenditionKind,
    /// Whether it is of the file's current content.
    pub is_current: bool,
    /// Whether it cannot contain metadata of a photo.
    pub is_clean: bool,
    /// The media type.
    pub media_type: String,
    /// Size in bytes.
    pub size: i64,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Width in pixels.
    pub width: Option<i32>,
    /// Height in pixels.
    pub height: Option<i32>,
}

/// An object with a part of a rendition's bytes.
#[role_view(file_objects(id))]
pub struct FileObjectRow {
    /// The object, which is its key in the store.
    pub id: FileObjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Its project.
    pub project_id: ProjectId,
    /// Its rendition; none for no row of a role view.
    pub rendition_id: Option<FileRenditionId>,
    /// State of the file.
    pub file_state: FileState,
    /// Whether clients see the file; none for trade partners.
    pub shared_with_clients: Option<bool>,
    /// The trade partner who reads; none for others.
    pub trade_membership_id: Option<ProjectMembershipId>,
    /// Whether it is of the file's current content.
    pub is_current: bool,
    /// Whether it cannot contain metadata of a photo.
    pub is_clean: bool,
    /// Position of its first byte.
    pub start: i64,
    /// Size in bytes.
    pub size: i64,
}

/// A trade partner with whom a file is shared.
#[role_view(file_trades(file_id, project_membership_id))]
pub struct FileTradeRow {
    /// The file.
    pub file_id: FileId,
    /// The trade partner.
    pub project_membership_id: ProjectMembershipId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
}

/// Columns of a file for staff only.
#[role_view(file_internals(file_id))]
pub struct FileInternalsRow {
    /// The file.
    pub file_id: FileId,
    /// The company.
    pub company_id: CompanyId,
    /// The project.
    pub project_id: ProjectId,
    /// How it arrived.
    pub source: FileSource,
    /// Result of the scanner.
    pub scan_result: ScanResult,
    /// Latitude of the camera, in degrees.
    pub latitude: Option<Decimal>,
    /// Longitude of the camera, in degrees.
    pub longitude: Option<Decimal>,
}

/// Bytes that a project uses.
#[role_view(project_storage(project_id))]
pub struct ProjectStorageRow {
    /// The project.
    pub project_id: ProjectId,
    /// Its company.
    pub company_id: CompanyId,
    /// Bytes of its files, deleted ones included until they are purged.
    pub used_bytes: i64,
    /// Bytes promised to uploads in progress.
    pub reserved_bytes: i64,
    /// Number of its files, deleted ones included until they are purged.
    pub file_count: i32,
}

impl Visible for FileRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let sharing = FileSharing {
            company: self.company_id,
            project: self.project_id,
            state: self.state,
            with_clients: self.shared_with_clients,
            partner: self.trade_membership_id,
        };
        sharing.is_open_to(viewer)
    }
}

impl Visible for FileRenditionRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let sharing = FileSharing {
            company: self.company_id,
            project: self.project_id,
            state: self.state,
            with_clients: self.shared_with_clients,
            partner: self.trade_membership_id,
        };
        sharing.is_open_to(viewer) && (viewer.is_staff() || self.is_clean && self.is_current)
    }
}

impl Visible for FileObjectRow {
    fn visible_to(&self, viewer: &Viewer) -> bool {
        let sharing = FileSharing {
            company: self.company_id,
            project: self.project_id,
            state: self.file_state,
            with_clients: self.shared_with_clients,
            partner: self.trade_membership_id,
        };
        sharing.is_open_to(viewer) && (viewer.is_staff() || self.is_clean && self.is_current)
    }
}

visible_to_staff_alone!(FileTradeRow, FileInternalsRow, ProjectStorageRow);

rows_by_key! {
    /// Files by id.
    files_by_id(FileId) -> FileRow = files by id;
    /// Files of known projects.
    files_in_projects(in project, FileId) -> FileRow = files by id;
    /// What can be downloaded of files.
    renditions_of_files(in project, FileId) -> FileRenditionRow = file_renditions by file_id in order of id;
    /// Objects of renditions, in the order of their bytes.
    objects_of_renditions(FileRenditionId) -> FileObjectRow = file_objects by rendition_id in order of start;
    /// Trade partners with whom files are shared.
    trades_of_files(in project, FileId) -> FileTradeRow = file_trades by file_id in order of project_membership_id;
    /// Columns of files for staff only.
    internals_of_files(in project, FileId) -> FileInternalsRow = file_internals by file_id;
    /// Bytes that projects use.
    storage_of_projects(ProjectId) -> ProjectStorageRow = project_storage by project_id;
}
