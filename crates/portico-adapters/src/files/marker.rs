//! The marker tells an installation's store from another one, and from a folder that is not mounted.

use object_store::path::Path;
use object_store::{ObjectStoreExt, PutMode, PutOptions, PutPayload};
use portico_core::id::new_uuid;
use uuid::Uuid;

use super::error::FileStoreError;
use super::store::FileStore;

/// Name of the marker, which has the id of the store.
pub(super) const MARKER: &str = "portico-store";

/// Why a store was not accepted at the start.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MarkerError {
    /// The database refers to objects of a store with another id, or whose marker is missing.
    #[error(
        "does not hold this installation's files: {0}; check that the folder is mounted and is the right one, or restore it from a backup"
    )]
    Other(String),
    /// The store could not be asked.
    #[error(transparent)]
    Store(#[from] FileStoreError),
}

/// Id of the accepted store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreClaim {
    /// The database knows it already.
    Known(Uuid),
    /// The database has to record it.
    New(Uuid),
}

impl FileStore {
    /// Compares the store with what the database knows, and marks a new one. `known` is the id that the database has recorded;
    /// `has_objects`, whether it refers to any object.
    ///
    /// # Errors
    ///
    /// [`MarkerError`] if the database refers to objects that this store does not have, or the store does not answer.
    pub async fn claim(&self, known: Option<Uuid>, has_objects: bool) -> Result<StoreClaim, MarkerError> {
        let claim = match (self.marker().await?, known) {
            (Some(marker), Some(known)) if marker == known => StoreClaim::Known(known),
            (Some(marker), Some(known)) => {
                return Err(MarkerError::Other(format!(
                    "it is store {marker}, and the database refers to store {known}"
                )));
            }
            (None, _) if has_objects => {
                return Err(MarkerError::Other(format!("it has no file `{MARKER}`, which marks a store")));
            }
            // The store of a database that was replaced: keys are never used again, so its objects do no harm.
            (Some(marker), None) => StoreClaim::New(marker),
            (None, Some(known)) => {
                self.mark(known).await?;
                StoreClaim::Known(known)
            }
            (None, None) => StoreClaim::New(self.mark(new_uuid()).await?),
        };
        self.is_marked();
        Ok(claim)
    }

    /// The id in the marker; none if there is no marker.
    ///
    /// # Errors
    ///
    /// [`FileStoreError`] if the store does not answer, or the marker is damaged.
    pub(super) async fn marker(&self) -> Result<Option<Uuid>, FileStoreError> {
        let read = async {
            let found = self.objects().get(&Path::from(MARKER)).await?;
            Ok::<_, FileStoreError>(found.bytes().await?)
        };
        match self.in_time(read).await {
            Ok(bytes) => {
                let id = str::from_utf8(&bytes).ok().and_then(|text| text.trim().parse().ok());
                id.map(Some).ok_or_else(|| FileStoreError::Unavailable(format!("its file `{MARKER}` has no id")))
            }
            Err(FileStoreError::Missing(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes the marker, and returns the id in it: that of another process if it was faster.
    async fn mark(&self, id: Uuid) -> Result<Uuid, FileStoreError> {
        let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        let path = Path::from(MARKER);
        let write = async {
            match self.objects().put_opts(&path, PutPayload::from(format!("{id}\n")), options).await {
                Ok(_) => Ok(id),
                Err(object_store::Error::AlreadyExists { .. }) => {
                    let other = self.marker().await?;
                    other.ok_or_else(|| FileStoreError::Unavailable("its marker has disappeared".to_owned()))
                }
                Err(error) => Err(error.into()),
            }
        };
        self.in_time(write).await
    }
}
