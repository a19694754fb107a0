//! Helpers for tests of the stack.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use portico_devstack::{Durability, RedisMode, SearchPath, StackOptions, StateLocation};

/// Long enough for a busy machine; a test that passes never waits this long.
const PATIENCE: Duration = Duration::from_secs(90);

/// Polls until there is a result.
pub(crate) fn eventually<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(start.elapsed() < PATIENCE, "timed out waiting until {what}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Folder of one test, deleted at the end, and accessible to any user.
pub(crate) struct Scratch(PathBuf);

impl Scratch {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("portico-devstack-test-{}-{name}", std::process::id());
        let path = Path::new("/var/tmp").join(name);
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn options(&self) -> StackOptions {
        StackOptions {
            place: StateLocation::Folder(self.0.clone()),
            fresh: false,
            redis: RedisMode::IfInstalled,
            durability: Durability::Fast,
            search: SearchPath::of_this_machine(),
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The running processes whose command lines name `folder`, including those without a pid file.
pub(crate) fn processes_of(folder: &Path) -> Vec<String> {
    let folder = folder.to_string_lossy();
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").expect("these tests read /proc").flatten() {
        let Ok(line) = fs::read(entry.path().join("cmdline")) else {
            continue;
        };
        let line = String::from_utf8_lossy(&line).replace('\0', " ");
        if line.contains(&*folder) {
            found.push(line);
        }
    }
    found
}
