//! The file store: objects by id, whose rows are in the database.

use std::fs::DirBuilder;
use std::future::Future;
use std::io::ErrorKind;
use std::ops::Range;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{GetOptions, ObjectStore, ObjectStoreExt, PutPayload};
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::bucket::{self, BucketAccess};
use super::error::{FileStoreError, StoreLocationError};
use super::location::BucketLocation;
use super::reader::{ByteStream, stream_of};

/// Time limit of one call to the store, and of the wait for the next bytes. A folder of a server that is gone would otherwise hold a request for ever.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Permissions of the folder: the gateway's user alone, whatever the permissions of what is in it.
const FOLDER_MODE: u32 = 0o700;

/// Stores and reads objects. Cheap to clone.
///
/// An object is named by its id, which is used once: never by the name of a file, a company or a type. Its row in the database is
/// written before its bytes and deleted after them, so no list of the store is ever needed.
#[derive(Clone)]
pub struct FileStore(Arc<Inner>);

struct Inner {
    objects: Arc<dyn ObjectStore>,
    /// The folder, if it is one.
    folder: Option<PathBuf>,
    /// Whether the store had its marker at the start, and so must have it still.
    is_marked: AtomicBool,
    /// Failure of all calls, in tests.
    fault: Mutex<Option<FileStoreError>>,
}

impl std::fmt::Debug for FileStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileStore({})", self.0.objects)
    }
}

impl FileStore {
    /// Opens the store in a folder, which is created if needed.
    ///
    /// # Errors
    ///
    /// [`StoreLocationError`] if it cannot be used.
    pub async fn open_folder(path: PathBuf) -> Result<Self, StoreLocationError> {
        let shown = path.display().to_string();
        let opened = spawn_blocking(move || open_folder(&path).map(|store| Self::over(Arc::new(store), Some(path))));
        match opened.await {
            Ok(opened) => opened,
            Err(error) => Err(StoreLocationError::Folder(shown, error.to_string())),
        }
    }

    /// Prepares the store in a bucket. Whether it can be used is known after [`Self::claim`].
    ///
    /// # Errors
    ///
    /// [`StoreLocationError`] if the settings cannot be used.
    pub fn open_bucket(location: &BucketLocation, access: &BucketAccess) -> Result<Self, StoreLocationError> {
        Ok(Self::over(bucket::open(location, access)?, None))
    }

    /// A store in memory with these objects, for tests.
    pub fn memory(objects: impl IntoIterator<Item = (Uuid, &'static [u8])>) -> Self {
        let store = InMemory::new();
        for (id, bytes) in objects {
            // Memory answers at once.
            let _ = store.put(&path_of(id), PutPayload::from_static(bytes)).now_or_never();
        }
        Self::over(Arc::new(store), None)
    }

    /// Lets all calls fail from now on, or work again: for tests. A store that is full still reads and deletes.
    pub fn fail_with(&self, fault: Option<FileStoreError>) {
        *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    fn over(objects: Arc<dyn ObjectStore>, folder: Option<PathBuf>) -> Self {
        Self(Arc::new(Inner { objects, folder, is_marked: AtomicBool::new(false), fault: Mutex::new(None) }))
    }

    /// Stores an object. Once this returns, its bytes survive a crash of the process and of the machine.
    ///
    /// # Errors
    ///
    /// [`FileStoreError`] if they were not stored; nothing readable is left then.
    pub async fn put(&self, id: Uuid, parts: Vec<Bytes>) -> Result<(), FileStoreError> {
        // Written to a folder that is not mounted, they would be gone once it is.
        if self.0.folder.is_some() {
            self.check().await?;
        }
        self.check_space()?;
        let path = path_of(id);
        let put = self.in_time(async {
            self.0.objects.put(&path, parts.into_iter().collect::<PutPayload>()).await?;
            Ok(())
        });
        put.await
    }

    /// Reads a range of an object's bytes.
    ///
    /// # Errors
    ///
    /// [`FileStoreError::Missing`] if the store works but has no such object; another one if it does not answer.
    pub async fn get(&self, id: Uuid, range: Range<u64>) -> Result<ByteStream, FileStoreError> {
        let options = GetOptions { range: Some(range.into()), ..GetOptions::default() };
        let path = path_of(id);
        let found = self.in_time(async { Ok(self.0.objects.get_opts(&path, options).await?) }).await;
        match found {
            Ok(found) => Ok(stream_of(found)),
            Err(missing @ FileStoreError::Missing(_)) => {
                self.check().await?;
                Err(missing)
            }
            Err(error) => Err(error),
        }
    }

    /// Deletes objects. One that does not exist is no error.
    ///
    /// # Errors
    ///
    /// [`FileStoreError`] if the store does not answer. Some may be deleted then.
    pub async fn delete(&self, ids: &[Uuid]) -> Result<(), FileStoreError> {
        // In a folder that is not mounted no object exists, and their rows would be deleted.
        self.check().await?;
        for id in ids {
            let path = path_of(*id);
            let deleted = self.in_time(async { Ok(self.0.objects.delete(&path).await?) });
            match deleted.await {
                Ok(()) | Err(FileStoreError::Missing(_)) => {}
                Err(error) => return Err(error),
            }
            self.delete_draft(&path).await?;
        }
        Ok(())
    }

    /// Checks that the store still is the one that was there at the start.
    ///
    /// # Errors
    ///
    /// [`FileStoreError`] if it is not, or does not answer.
    pub async fn check(&self) -> Result<(), FileStoreError> {
        if !self.0.is_marked.load(Ordering::Relaxed) || self.marker().await?.is_some() {
            return Ok(());
        }
        Err(FileStoreError::Unavailable(format!("it has lost its marker: {}", self.0.objects)))
    }

    pub(super) fn is_marked(&self) {
        self.0.is_marked.store(true, Ordering::Relaxed);
    }

    pub(super) fn objects(&self) -> &dyn ObjectStore {
        &*self.0.objects
    }

    fn fault(&self) -> Option<FileStoreError> {
        self.0.fault.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn check_space(&self) -> Result<(), FileStoreError> {
        self.fault().filter(|fault| matches!(fault, FileStoreError::Full(_))).map_or(Ok(()), Err)
    }

    /// Runs a call within the time limit.
    pub(super) async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, FileStoreError>>,
    ) -> Result<T, FileStoreError> {
        if let Some(fault) = self.fault().filter(|fault| !matches!(fault, FileStoreError::Full(_))) {
            return Err(fault);
        }
        let late = || FileStoreError::Unavailable(format!("no answer for {} s", TIME_LIMIT.as_secs()));
        tokio::time::timeout(TIME_LIMIT, call).await.unwrap_or_else(|_| Err(late()))
    }

    /// Deletes what a crash while writing has left beside an object: the folder's implementation writes to `<name>#1` first.
    async fn delete_draft(&self, path: &Path) -> Result<(), FileStoreError> {
        let Some(folder) = &self.0.folder else { return Ok(()) };
        let draft = folder.join(format!("{path}#1"));
        let delete = async {
            match tokio::fs::remove_file(draft).await {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error.into()),
                _ => Ok(()),
            }
        };
        self.in_time(delete).await
    }
}

fn open_folder(path: &std::path::Path) -> Result<LocalFileSystem, StoreLocationError> {
    let unusable =
        |error: &dyn std::fmt::Display| StoreLocationError::Folder(path.display().to_string(), error.to_string());
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => return Err(StoreLocationError::Link(path.display().to_string())),
        Ok(found) if !found.is_dir() => return Err(unusable(&"it is not a folder")),
        Ok(_) => {}
        Err(_) => {
            let created = DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path);
            created.map_err(|error| unusable(&error))?;
        }
    }
    let store = LocalFileSystem::new_with_prefix(path).map_err(|error| unusable(&error))?;
    // What was acknowledged is not lost when the machine loses power.
    Ok(store.with_fsync(true))
}

/// The path of an object. Ids begin with the time, so a hash spreads them over 256 folders.
fn path_of(id: Uuid) -> Path {
    let shard = blake3::hash(id.as_bytes()).as_bytes()[0];
    Path::from_iter(["objects".to_owned(), format!("{shard:02x}"), id.to_string()])
}
