//! Programs that some tests need, and folders for them.

use std::fs;
use std::path::{Path, PathBuf};

use portico_core::id::new_uuid;

/// Says that a test is skipped, since a program is not installed. In CI, where it must be, the test fails.
#[expect(clippy::print_stdout, reason = "a skipped test says why")]
pub fn skip_without(program: &str) {
    let message = format!("{program} is not installed; script/setup --tests installs it");
    assert!(std::env::var_os("CI").is_none(), "{message}");
    println!("skipped: {message}");
}

/// A folder that is deleted with its files.
#[derive(Debug)]
pub struct TestFolder(PathBuf);

impl TestFolder {
    /// Creates an empty one.
    #[expect(clippy::new_without_default, reason = "it creates a folder")]
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("portico-test-{}", new_uuid()));
        fs::create_dir(&path).expect("a folder can be created");
        Self(path)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
