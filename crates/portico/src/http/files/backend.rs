//! What the handlers need of the database. The bytes are in the file store.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures_util::future::BoxFuture;
use portico_actions::Origin;
use portico_core::access::Viewer;
use portico_core::files::kinds::RenditionKind;
use portico_core::id::CompanyId;
use portico_core::sessions::TokenHash;
use uuid::Uuid;

/// A file's content, as its reader may have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Download {
    /// Name of the file.
    pub(super) name: String,
    /// Media type of the rendition.
    pub(super) media_type: String,
    /// Size in bytes.
    pub(super) size: u64,
    /// SHA-256, hexadecimal.
    pub(super) sha256: String,
    /// The objects, in the order of their bytes.
    pub(super) objects: Vec<StoredObject>,
}

/// An object in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct StoredObject {
    pub(super) id: Uuid,
    /// Place of its first byte in the content.
    pub(super) start: u64,
    pub(super) size: u64,
}

/// The part of a link that names a rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) file: Uuid,
    pub(super) content_number: i32,
    pub(super) rendition: RenditionKind,
}

/// An open upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UploadState {
    /// Announced size in bytes.
    pub(super) size: u64,
    /// Number of stored bytes.
    pub(super) received: u64,
    pub(super) expires_at: DateTime<Utc>,
    /// State of the hash of the stored bytes (`ContentHash`); none if there are none.
    pub(super) hash_state: Option<String>,
    /// The first stored bytes (`portico_core::files::head`).
    pub(super) head: String,
}

/// Person whose session a link names, with their upload.
#[derive(Clone)]
pub(super) struct UploadCaller {
    pub(super) viewer: Arc<Viewer>,
    pub(super) origin: Origin,
    pub(super) now: DateTime<Utc>,
    pub(super) company: CompanyId,
    pub(super) upload: Uuid,
}

/// A part of an upload that was stored.
#[derive(Debug, Clone)]
pub(super) struct StoredPart {
    pub(super) object: Uuid,
    pub(super) start: u64,
    pub(super) size: u64,
    /// State of the hash after it.
    pub(super) hash_state: String,
    pub(super) head: String,
}

/// Why a read or change was not done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BackendError {
    /// It does not exist for the caller, or is no longer open.
    NotFound,
    /// Another request was faster.
    Conflict,
    /// More bytes than announced.
    TooLarge,
    /// The upload has as many objects as it may have.
    TooManyParts,
    /// The database does not answer.
    Unavailable,
}

pub(super) type Answer<'a, T> = BoxFuture<'a, Result<T, BackendError>>;

/// What the handlers need of the database.
pub(super) trait FileBackend: Send + Sync {
    /// The person of a session or API key; none if it has ended.
    fn sign_in<'a>(&'a self, token: &'a TokenHash) -> Answer<'a, Option<Arc<Viewer>>>;

    /// The content of a file through the viewer's role view, never from a cache.
    fn download<'a>(&'a self, viewer: &'a Arc<Viewer>, wanted: Wanted) -> Answer<'a, Download>;

    /// The upload, if the caller may continue it.
    fn head<'a>(&'a self, caller: &'a UploadCaller) -> Answer<'a, UploadState>;

    /// Records an object before its bytes are stored. Returns its id.
    fn begin<'a>(&'a self, caller: &'a UploadCaller, start: u64, size: u64) -> Answer<'a, Uuid>;

    /// Records that an object's bytes are stored. Returns the number of stored bytes.
    fn end<'a>(&'a self, caller: &'a UploadCaller, part: StoredPart) -> Answer<'a, u64>;

    /// Ends the upload without a file.
    fn cancel<'a>(&'a self, caller: &'a UploadCaller) -> Answer<'a, ()>;
}
