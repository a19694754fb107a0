//! Private temporary folders.

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use portico_core::id::new_uuid;

const PREFIX: &str = "portico-content-";
/// Age at which a folder was left behind by a worker that died.
const LEFT_BEHIND: Duration = Duration::from_secs(3_600);

/// A folder of this user alone, deleted with what is in it.
pub(super) struct PrivateFolder(PathBuf);

impl PrivateFolder {
    pub(super) fn create() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("{PREFIX}{}", new_uuid()));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        // What remains is deleted when a worker starts.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Deletes folders that workers have left behind.
pub(super) fn delete_left_behind() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let age = entry.metadata().ok().and_then(|found| found.modified().ok()?.elapsed().ok());
        if is_ours && age.is_some_and(|age| age > LEFT_BEHIND) {
            // Folders of other users stay.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}
