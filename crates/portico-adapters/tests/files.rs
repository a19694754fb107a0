//! The file store, over a folder and in memory.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::TryStreamExt;
use portico_adapters::files::{FileStore, FileStoreError, MarkerError, StoreClaim, StoreLocationError};
use portico_core::id::new_uuid;
use uuid::Uuid;

/// A folder that is deleted at the end of the test.
struct Folder(PathBuf);

impl Folder {
    /// A path at which nothing is yet.
    fn new() -> Self {
        Self(std::env::temp_dir().join(format!("portico-files-{}", new_uuid())))
    }

    async fn open(&self) -> FileStore {
        FileStore::open_folder(self.0.clone()).await.expect("the folder can be used")
    }

    /// All files in it, by their path inside.
    fn files(&self) -> Vec<String> {
        fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    walk(&path, root, found);
                } else {
                    found.push(path.strip_prefix(root).expect("inside").display().to_string());
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.0, &self.0, &mut found);
        found.sort();
        found
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn sample(length: usize) -> Vec<u8> {
    (0..length).map(|place| (place * 31 % 251) as u8).collect()
}

async fn read(store: &FileStore, id: Uuid, range: std::ops::Range<u64>) -> Result<Vec<u8>, FileStoreError> {
    let parts: Vec<Bytes> = store.get(id, range).await?.try_collect().await?;
    Ok(parts.concat())
}

#[tokio::test]
async fn objects_are_read_back() {
    let folder = Folder::new();
    for store in [folder.open().await, FileStore::memory([])] {
        let bytes = sample(700_001);
        let id = new_uuid();
        let parts = bytes.chunks(65_537).map(Bytes::copy_from_slice).collect();
        store.put(id, parts).await.expect("it is stored");
        assert_eq!(read(&store, id, 0..700_001).await.as_ref(), Ok(&bytes));
        for range in [0..1, 131_071..131_073, 699_999..700_001, 5..400_000] {
            let expected = &bytes[range.start as usize..range.end as usize];
            assert_eq!(read(&store, id, range.clone()).await.as_deref(), Ok(expected), "{range:?}");
        }
        let chunks: Vec<Bytes> = store.get(id, 0..700_001).await.expect("found").try_collect().await.expect("read");
        assert!(folder.files().len() == 1 || chunks.len() == 1);
        assert!(chunks.iter().all(|chunk| chunk.len() <= 128 * 1024) || chunks.len() == 1, "small pieces");
    }
}

#[tokio::test]
async fn missing_objects_are_told_from_a_missing_store() {
    let folder = Folder::new();
    let store = folder.open().await;
    store.claim(None, false).await.expect("a new store");
    let id = new_uuid();
    store.put(id, vec![Bytes::from_static(b"plan")]).await.expect("it is stored");
    assert!(matches!(read(&store, new_uuid(), 0..4).await, Err(FileStoreError::Missing(_))));
    // As if the folder were not mounted.
    let away = folder.0.with_extension("away");
    fs::rename(&folder.0, &away).expect("it is moved");
    fs::create_dir(&folder.0).expect("the place of the mount");
    assert!(matches!(read(&store, id, 0..4).await, Err(FileStoreError::Unavailable(_))));
    let lost = store.put(new_uuid(), vec![Bytes::from_static(b"lost")]).await;
    assert!(matches!(lost, Err(FileStoreError::Unavailable(_))), "{lost:?}");
    assert!(matches!(store.delete(&[id]).await, Err(FileStoreError::Unavailable(_))));
    assert_eq!(folder.files(), Vec::<String>::new());
    fs::remove_dir(&folder.0).expect("it is empty");
    assert!(matches!(store.put(id, vec![]).await, Err(FileStoreError::Unavailable(_))));
    fs::rename(&away, &folder.0).expect("it is back");
    assert_eq!(read(&store, id, 0..4).await.as_deref(), Ok(b"plan".as_slice()));
}

#[tokio::test]
async fn deleted_objects_leave_nothing() {
    let folder = Folder::new();
    let store = folder.open().await;
    let (one, two) = (new_uuid(), new_uuid());
    store.put(one, vec![Bytes::from_static(b"one")]).await.expect("it is stored");
    store.put(two, vec![Bytes::from_static(b"two")]).await.expect("it is stored");
    // As a crash while writing leaves it.
    let file = folder.files().into_iter().find(|file| file.contains(&one.to_string())).expect("its file");
    fs::write(folder.0.join(format!("{file}#1")), b"half").expect("it is written");
    store.delete(&[one, new_uuid()]).await.expect("one that does not exist is no error");
    let left = folder.files();
    assert!(left.len() == 1 && left[0].ends_with(&two.to_string()), "{left:?}");
    store.delete(&[one, two]).await.expect("twice is no error");
    assert_eq!(folder.files(), Vec::<String>::new());
}

#[tokio::test]
async fn failed_write_leaves_nothing() {
    let folder = Folder::new();
    let store = folder.open().await;
    // A file is where the objects would be.
    fs::write(folder.0.join("objects"), b"").expect("it is written");
    let failed = store.put(new_uuid(), vec![Bytes::from_static(b"plan")]).await;
    assert!(matches!(failed, Err(FileStoreError::Unavailable(_))), "{failed:?}");
    assert_eq!(folder.files(), ["objects"]);
}

#[tokio::test]
async fn keys_have_nothing_but_ids() {
    let folder = Folder::new();
    let store = folder.open().await;
    for _ in 0..20 {
        store.put(new_uuid(), vec![Bytes::from_static(b"x")]).await.expect("it is stored");
    }
    let files = folder.files();
    let shards: std::collections::BTreeSet<_> = files.iter().map(|file| &file[..10]).collect();
    assert!(shards.len() > 5, "ids of one minute are spread: {shards:?}");
    assert!(files.iter().all(|file| file.starts_with("objects/") && file.len() == 47), "{files:?}");
}

#[tokio::test]
async fn folder_is_for_one_user_and_no_link() {
    let folder = Folder::new();
    folder.open().await;
    let mode = fs::metadata(&folder.0).expect("it exists").permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let link = folder.0.with_extension("link");
    symlink(&folder.0, &link).expect("a link");
    let opened = FileStore::open_folder(link.clone()).await.map(|_| ());
    fs::remove_file(&link).expect("the link is deleted");
    assert_eq!(opened, Err(StoreLocationError::Link(link.display().to_string())));
    let file = folder.0.join("file");
    fs::write(&file, b"").expect("it is written");
    let opened = FileStore::open_folder(file).await.map(|_| ());
    assert!(matches!(opened, Err(StoreLocationError::Folder(_, _))), "{opened:?}");
}

#[tokio::test]
async fn database_accepts_its_own_store_only() {
    let folder = Folder::new();
    let StoreClaim::New(id) = folder.open().await.claim(None, false).await.expect("a new store") else {
        panic!("the database has to record it");
    };
    assert_eq!(folder.files(), ["portico-store"]);
    for has_objects in [false, true] {
        assert_eq!(folder.open().await.claim(Some(id), has_objects).await, Ok(StoreClaim::Known(id)));
    }
    // Another store: refused while it matters.
    let refused = folder.open().await.claim(Some(new_uuid()), true).await;
    let Err(MarkerError::Other(reason)) = &refused else { panic!("{refused:?}") };
    assert!(reason.contains(&id.to_string()), "{reason}");
    assert!(matches!(folder.open().await.claim(Some(new_uuid()), false).await, Err(MarkerError::Other(_))));
    assert_eq!(folder.open().await.claim(None, false).await, Ok(StoreClaim::New(id)));
    // An empty folder, such as one that is not mounted.
    let empty = Folder::new();
    let refused = empty.open().await.claim(Some(id), true).await;
    assert!(matches!(&refused, Err(MarkerError::Other(reason)) if reason.contains("portico-store")), "{refused:?}");
    assert_eq!(empty.files(), Vec::<String>::new(), "a refused store is not marked");
    assert_eq!(empty.open().await.claim(Some(id), false).await, Ok(StoreClaim::Known(id)));
    assert_eq!(empty.files(), ["portico-store"]);
    // A damaged marker is no other store, but nothing to rely on.
    fs::write(empty.0.join("portico-store"), b"no id").expect("it is written");
    assert!(matches!(empty.open().await.claim(Some(id), true).await, Err(MarkerError::Store(_))));
}

#[tokio::test]
async fn processes_that_start_at_once_agree_on_a_marker() {
    let folder = Folder::new();
    let mut claims = Vec::new();
    for _ in 0..8 {
        let store = folder.open().await;
        claims.push(tokio::spawn(async move { store.claim(None, false).await }));
    }
    let mut ids = std::collections::BTreeSet::new();
    for claim in claims {
        let Ok(StoreClaim::New(id)) = claim.await.expect("it ends") else { panic!("a new store") };
        ids.insert(id);
    }
    assert_eq!(ids.len(), 1);
}

#[tokio::test]
async fn memory_fails_as_told() {
    let store = FileStore::memory([]);
    let full = FileStoreError::Full("in a test".to_owned());
    store.fail_with(Some(full.clone()));
    assert_eq!(store.put(new_uuid(), vec![]).await, Err(full));
    store.fail_with(None);
    store.put(new_uuid(), vec![]).await.expect("it works again");
    let id = new_uuid();
    let filled = FileStore::memory([(id, b"plan".as_slice())]);
    assert_eq!(read(&filled, id, 0..4).await.as_deref(), Ok(b"plan".as_slice()));
}
