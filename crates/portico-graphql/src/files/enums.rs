//! Enumerations of files.

use async_graphql::Enum;
use portico_core::files::{
    FileAuthorKind, FileKind as CoreKind, FileSource as CoreSource, FileState as CoreState, RenditionKind,
    RenditionState as CoreRenditions, ScanResult as CoreScan,
};
use portico_graphql_macros::gated;

/// Kind of a file, by its content. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreKind")]
pub(crate) enum FileKind {
    /// Any other file.
    #[shared(CLIENT, TRADE, STAFF)]
    #[graphql(name = "OTHER")]
    File,
    /// Image.
    #[shared(CLIENT, TRADE, STAFF)]
    Photo,
    /// Video.
    #[shared(CLIENT, TRADE, STAFF)]
    Video,
}

/// State of a file. Clients and trade partners see available files only. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreState")]
pub(crate) enum FileState {
    /// Being checked for malware.
    #[shared(STAFF)]
    Checking,
    /// Available.
    #[shared(STAFF)]
    Available,
    /// Withheld: the scanner found malware or could not read the file, or the file was mailed without proof of its sender, or by a sender who may
    /// not add files.
    #[shared(STAFF)]
    Quarantined,
    /// Deleted; can be restored until it is purged.
    #[shared(STAFF)]
    Deleted,
}

/// State of the images made of a file, and of the copy of a video. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreRenditions")]
pub(crate) enum RenditionState {
    /// None: neither a photo nor a video.
    #[shared(CLIENT, TRADE, STAFF)]
    None,
    /// Being made.
    #[shared(CLIENT, TRADE, STAFF)]
    Pending,
    /// Ready.
    #[shared(CLIENT, TRADE, STAFF)]
    Ready,
    /// None can be made of this file.
    #[shared(CLIENT, TRADE, STAFF)]
    Failed,
}

/// Maximum size of an image. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum ImageSize {
    /// At most 320 pixels on the longer side.
    #[shared(CLIENT, TRADE, STAFF)]
    Small,
    /// At most 1,280 pixels on the longer side.
    #[shared(CLIENT, TRADE, STAFF)]
    Medium,
    /// At most 4,096 pixels on the longer side.
    #[shared(CLIENT, TRADE, STAFF)]
    Large,
}

impl ImageSize {
    /// Images of at most this size, the largest first.
    pub(super) const fn kinds(self) -> &'static [RenditionKind] {
        const ALL: &[RenditionKind] = &[RenditionKind::Large, RenditionKind::Medium, RenditionKind::Small];
        match self {
            Self::Large => ALL,
            Self::Medium => ALL.split_at(1).1,
            Self::Small => ALL.split_at(2).1,
        }
    }
}

/// How a file arrived. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreSource")]
pub(crate) enum FileSource {
    /// By an upload.
    #[shared(STAFF)]
    Upload,
    /// By mail.
    #[shared(STAFF)]
    Mail,
}

/// Result of the scanner for malware. New values may be added.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "CoreScan")]
pub(crate) enum ScanResult {
    /// The installation has no scanner.
    #[shared(STAFF)]
    NotScanned,
    /// Not yet scanned.
    #[shared(STAFF)]
    Pending,
    /// Nothing found.
    #[shared(STAFF)]
    Clean,
    /// Malware found.
    #[shared(STAFF)]
    Infected,
    /// The scanner could not read the file.
    #[shared(STAFF)]
    Failed,
}

/// Uploaders of files, as a filter.
#[gated]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
pub(crate) enum FileUploader {
    /// Clients of the project.
    #[shared(CLIENT, TRADE, STAFF)]
    Clients,
    /// The company.
    #[shared(CLIENT, TRADE, STAFF)]
    Company,
    /// Others, by mail: neither a client of the project nor the company, or not verified to be.
    #[shared(CLIENT, TRADE, STAFF)]
    Others,
}

impl From<FileUploader> for FileAuthorKind {
    fn from(uploader: FileUploader) -> Self {
        match uploader {
            FileUploader::Clients => Self::Client,
            FileUploader::Company => Self::Company,
            FileUploader::Others => Self::Sender,
        }
    }
}
