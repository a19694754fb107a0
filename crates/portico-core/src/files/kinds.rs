//! Kinds and states of files, and the filter of their lists.

use uuid::Uuid;

use crate::access::{Audience, Viewer};
use crate::activity::TimeRange;
use crate::id::{AlbumId, CompanyId, ProjectId, ProjectMembershipId};
use crate::messages::AuthorKind;

text_enum! {
    /// Kind of a file, by its content.
    pub enum FileKind {
        /// Any other file.
        File = "FILE",
        /// An image.
        Photo = "PHOTO",
        /// A video.
        Video = "VIDEO",
    }
}

text_enum! {
    /// Purpose of a file.
    pub enum FilePurpose {
        /// A file of its project.
        Project = "PROJECT",
        /// The photo of a team member, which no list of files has.
        TeamPhoto = "TEAM_PHOTO",
    }
}

text_enum! {
    /// State of a file.
    pub enum FileState {
        /// Being checked for malware.
        Checking = "CHECKING",
        /// Available.
        Available = "AVAILABLE",
        /// Withheld: the scanner found malware or could not read the file, or a mail could not be attributed.
        Quarantined = "QUARANTINED",
        /// Deleted, and can be restored until it is purged.
        Deleted = "DELETED",
    }
}

text_enum! {
    /// State of the images and the copy made of a file.
    pub enum RenditionState {
        /// None: it is no photo or video.
        None = "NONE",
        /// Being made.
        Pending = "PENDING",
        /// Ready.
        Ready = "READY",
        /// None can be made of this file.
        Failed = "FAILED",
    }
}

text_enum! {
    /// Kind of what can be downloaded of a content.
    pub enum RenditionKind {
        /// The bytes that were uploaded.
        Original = "ORIGINAL",
        /// An image of at most 4,096 pixels on the longer side.
        Large = "LARGE",
        /// An image of at most 1,280 pixels on the longer side.
        Medium = "MEDIUM",
        /// An image of at most 320 pixels on the longer side.
        Small = "SMALL",
        /// The video without metadata, its pictures and sound unchanged.
        Video = "VIDEO",
    }
}

text_enum! {
    /// How a file arrived.
    pub enum FileSource {
        /// By an upload.
        Upload = "UPLOAD",
        /// By mail.
        Mail = "MAIL",
    }
}

text_enum! {
    /// Capacity in which a file was added.
    pub enum FileAuthorKind {
        /// A member of the company's staff.
        Company = "COMPANY",
        /// A client of the project.
        Client = "CLIENT",
        /// The sender of a mail that could not be attributed to a member.
        Sender = "SENDER",
    }
}

impl From<AuthorKind> for FileAuthorKind {
    fn from(kind: AuthorKind) -> Self {
        match kind {
            AuthorKind::Company => Self::Company,
            AuthorKind::Client => Self::Client,
            // Trade partners cannot add files.
            AuthorKind::Trade => Self::Sender,
        }
    }
}

text_enum! {
    /// Result of the scanner.
    pub enum ScanResult {
        /// The installation has no scanner.
        NotScanned = "NOT_SCANNED",
        /// Not yet scanned.
        Pending = "PENDING",
        /// Nothing found.
        Clean = "CLEAN",
        /// Malware found.
        Infected = "INFECTED",
        /// The scanner could not read it.
        Failed = "FAILED",
    }
}

text_enum! {
    /// State of an object in the store.
    pub enum ObjectState {
        /// Its bytes may be incomplete, or are being deleted.
        Pending = "PENDING",
        /// Complete.
        Stored = "STORED",
    }
}

/// How images are made of content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImageSource {
    /// The content is decoded.
    Decoded,
    /// The content is converted to JPEG by another program first.
    Converted,
    /// A frame of a video, in this container.
    Video(VideoContainer),
}

/// Container of a video. Each is read by its own demuxer, never by one that is chosen from the content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VideoContainer {
    /// MP4 and QuickTime.
    Iso,
    /// Matroska and WebM.
    Matroska,
}

impl ImageSource {
    /// How images are made of content of this type; `None` if they cannot be made.
    pub fn of_type(media_type: &str) -> Option<Self> {
        match media_type {
            "image/jpeg" | "image/png" | "image/gif" | "image/webp" => Some(Self::Decoded),
            "image/heif" => Some(Self::Converted),
            "video/mp4" | "video/quicktime" => Some(Self::Video(VideoContainer::Iso)),
            "video/webm" | "video/x-matroska" => Some(Self::Video(VideoContainer::Matroska)),
            _ => None,
        }
    }
}

/// Whom a file is shared with, as a row of the reader's role view tells it.
#[derive(Debug, Clone, Copy)]
pub struct FileSharing {
    /// The company.
    pub company: CompanyId,
    /// The project.
    pub project: ProjectId,
    /// The state of the file.
    pub state: FileState,
    /// Whether clients see it; `None` for trade partners, who may not know it.
    pub with_clients: Option<bool>,
    /// The trade partner who reads, if it is shared with them.
    pub partner: Option<ProjectMembershipId>,
}

impl FileSharing {
    /// Whether the viewer may see the file (FIL-4, FIL-5, FIL-7).
    pub fn is_open_to(self, viewer: &Viewer) -> bool {
        let is_available = self.state == FileState::Available;
        viewer.may_see_project(self.company, self.project)
            && match viewer.audience() {
                Audience::Staff => true,
                Audience::Client => is_available && self.with_clients == Some(true),
                Audience::Trade => is_available && self.partner.is_some_and(|partner| viewer.has_membership(partner)),
                _ => false,
            }
    }
}

text_enum! {
    /// Sort orders of files.
    pub enum FileSortKey {
        /// Time of the upload.
        CreatedAt = "CREATED_AT",
        /// Time at which the photo was taken.
        TakenAt = "TAKEN_AT",
        /// Name, ignoring case.
        Name = "NAME",
        /// Size.
        Size = "SIZE",
    }
}

/// Filter and order of a project's files.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct FileList {
    /// Of one of these kinds; of any kind if `None`.
    pub kind_in: Option<Vec<FileKind>>,
    /// Added by staff, by clients, or by senders who are not members.
    pub author: Option<FileAuthorKind>,
    /// Uploaded within this time.
    pub created_at: TimeRange,
    /// In this state; in any but deleted if `None`.
    pub state: Option<FileState>,
    /// Shared with clients, or not.
    pub shared_with_clients: Option<bool>,
    /// Attached to this record, as far as the reader sees it.
    pub record: Option<Uuid>,
    /// In this album, as far as the reader sees it.
    pub album: Option<AlbumId>,
    /// With these words in the name.
    pub search: Option<String>,
    /// The order.
    pub sort: FileSortKey,
    /// Largest or newest first.
    pub descending: bool,
}
