//! Errors of the file store.

use std::error::Error;
use std::io::{self, ErrorKind};

use super::bucket;

/// Why bytes could not be stored or read. The texts are for the log: they have paths.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileStoreError {
    /// The store works, but has no such object.
    #[error("an object is missing from the store: {0}")]
    Missing(String),
    /// The store has no space left.
    #[error("the store is full: {0}")]
    Full(String),
    /// The store does not answer, or is not the one that was there at the start.
    #[error("the store is not available: {0}")]
    Unavailable(String),
}

impl From<object_store::Error> for FileStoreError {
    fn from(error: object_store::Error) -> Self {
        let text = error.to_string();
        if matches!(error, object_store::Error::NotFound { .. }) && !bucket::is_without_bucket(&text) {
            return Self::Missing(bucket::describe(&text));
        }
        let is_full = is_full(&error) || bucket::is_full(&text);
        let text = bucket::describe(&text);
        if is_full { Self::Full(text) } else { Self::Unavailable(text) }
    }
}

impl From<io::Error> for FileStoreError {
    fn from(error: io::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

/// Whether a full disk, or a full quota of the gateway's user, is among the causes.
fn is_full(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let io = error.downcast_ref::<io::Error>();
        if io.is_some_and(|io| matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded)) {
            return true;
        }
        // The source of an error of I/O that wraps another one is the other's source.
        let wrapped = io.and_then(io::Error::get_ref).map(|wrapped| wrapped as &(dyn Error + 'static));
        cause = wrapped.or_else(|| error.source());
    }
    false
}

/// Why a location cannot be used as the file store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreLocationError {
    /// It is neither a folder nor a bucket.
    #[error(
        "is not a file store: use an absolute folder such as file:///var/lib/portico/files, or a bucket such as s3://bucket/prefix"
    )]
    Unreadable,
    /// The bucket cannot be used.
    #[error("{0} cannot be used: {1}")]
    Bucket(String, String),
    /// The folder is a symbolic link, which can come to lead elsewhere.
    #[error("{0} is a symbolic link: name the folder itself")]
    Link(String),
    /// The folder cannot be created or used.
    #[error("{0} cannot be used: {1}")]
    Folder(String, String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_disk_is_found_among_causes() {
        let of = |kind: ErrorKind| object_store::Error::Generic {
            store: "LocalFileSystem",
            source: Box::new(io::Error::other(io::Error::from(kind))),
        };
        assert!(matches!(FileStoreError::from(of(ErrorKind::StorageFull)), FileStoreError::Full(_)));
        assert!(matches!(FileStoreError::from(of(ErrorKind::QuotaExceeded)), FileStoreError::Full(_)));
        assert!(matches!(FileStoreError::from(of(ErrorKind::PermissionDenied)), FileStoreError::Unavailable(_)));
    }
}
