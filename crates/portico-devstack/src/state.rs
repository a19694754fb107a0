//! State folder of a stack: data, logs and lock.
//!
//! ```text
//! STATE/             0711, ours
//!   lock             held by the process that owns the stack
//!   postgres/        0700, the servers' user: data
//!   redis/           0700, the servers' user: working folder
//!   run/             0700, the servers' user: sockets, only while running
//!   sockets          path of the sockets' folder if STATE is too long for them
//!   *.log *.pid      ours
//! ```
//!
//! The servers accept every connection, so access depends on the folder: only the servers' user and root can enter
//! `run/`.

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;
use std::time::Duration;

use crate::error::{DevstackError, IoContext};
use crate::process::poll;
use crate::user::ServiceUser;

/// Maximum length of a socket's path: 103 bytes on macOS, 107 on Linux.
const LONGEST_SOCKET_PATH: usize = 103;
/// The longest socket name in the folder, with its slash.
const LONGEST_SOCKET_NAME: usize = "/.s.PGSQL.5432".len();

/// A locked state folder.
#[derive(Debug)]
pub(crate) struct StateFolder {
    path: PathBuf,
    /// Held until the folder is dropped; the kernel releases it when the process is killed.
    _lock: File,
    /// Whether to delete the folder at the end.
    temporary: bool,
}

impl StateFolder {
    /// Creates `path` if necessary, and locks it.
    pub(crate) fn acquire(path: &Path) -> Result<Self, DevstackError> {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        if let Some(parent) = parent {
            fs::create_dir_all(parent).doing("create", parent)?;
        }
        make_private(path)?;
        let path = fs::canonicalize(path).doing("look at", path)?;
        let lock = lock_file(&path.join("lock"))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path, _lock: lock, temporary: false }),
            Err(TryLockError::WouldBlock) => Err(DevstackError::InUse { folder: path }),
            Err(TryLockError::Error(error)) => Err(error).doing("lock", &path),
        }
    }

    /// Creates a new folder that is deleted at the end. The caller holds the [`BaseFolder`], which keeps others from
    /// sweeping the folder between its creation and its locking.
    pub(crate) fn temporary(base: &BaseFolder) -> Result<Self, DevstackError> {
        let mut state = Self::acquire(&base.unused("run")?)?;
        state.temporary = true;
        Ok(state)
    }

    /// Locks an abandoned folder in order to delete it; fails when it is in use.
    pub(crate) fn abandoned(path: &Path) -> Result<Self, DevstackError> {
        let mut state = Self::acquire(path)?;
        state.temporary = true;
        Ok(state)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn postgres(&self) -> PathBuf {
        self.path.join("postgres")
    }

    /// Folder of incomplete data. Renamed to [`Self::postgres`] when complete, so that an interrupted run leaves no
    /// data that looks complete.
    pub(crate) fn postgres_unfinished(&self) -> PathBuf {
        self.path.join("postgres.new")
    }

    pub(crate) fn redis(&self) -> PathBuf {
        self.path.join("redis")
    }

    pub(crate) fn log_file(&self, program: &str) -> PathBuf {
        self.path.join(format!("{program}.log"))
    }

    pub(crate) fn pid_file(&self, program: &str) -> PathBuf {
        self.path.join(format!("{program}.pid"))
    }

    /// The sockets' folder of the last run, if it left one.
    pub(crate) fn recorded_sockets(&self) -> PathBuf {
        match fs::read(self.sockets_record()) {
            Ok(path) => PathBuf::from(std::ffi::OsStr::from_bytes(&path)),
            Err(_) => self.path.join("run"),
        }
    }

    fn sockets_record(&self) -> PathBuf {
        self.path.join("sockets")
    }

    /// Deletes the data.
    pub(crate) fn wipe(&self) -> Result<(), DevstackError> {
        remove_folder(&self.postgres())?;
        remove_folder(&self.redis())
    }
}

impl Drop for StateFolder {
    fn drop(&mut self) {
        if self.temporary {
            // A later run deletes the rest.
            let _ = remove_folder(&self.path);
        }
    }
}

/// Folder for the sockets of a running stack; deleted on drop.
#[derive(Debug)]
pub(crate) struct SocketFolder {
    path: PathBuf,
    record: Option<PathBuf>,
}

impl SocketFolder {
    /// Creates the folder: in the state folder if its path is short enough for sockets, otherwise in the folder for
    /// temporary files, with its path recorded in the state folder.
    pub(crate) fn create(state: &StateFolder, user: &ServiceUser) -> Result<Self, DevstackError> {
        let near = state.path.join("run");
        let fits = near.as_os_str().len() + LONGEST_SOCKET_NAME <= LONGEST_SOCKET_PATH;
        let sockets = if fits {
            Self { path: near, record: None }
        } else {
            let far = BaseFolder::lock()?.unused("sockets")?;
            let record = state.sockets_record();
            fs::write(&record, far.as_os_str().as_bytes()).doing("write", &record)?;
            Self { path: far, record: Some(record) }
        };
        user.own_folder(&sockets.path)?;
        user.must_reach(&sockets.path)?;
        Ok(sockets)
    }

    /// Deletes the leftovers of a killed run.
    pub(crate) fn remove_recorded(state: &StateFolder) {
        let record = state.sockets_record();
        drop(Self { path: state.recorded_sockets(), record: Some(record) });
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for SocketFolder {
    fn drop(&mut self) {
        // The rest holds no servers, and is deleted by the next start.
        let _ = remove_folder(&self.path);
        if let Some(record) = &self.record {
            let _ = fs::remove_file(record);
        }
    }
}

/// `/var/tmp/portico-UID`, the default parent of state folders, or its counterpart in memory.
///
/// Holds a lock, so that only one process at a time creates and sweeps folders.
#[derive(Debug)]
pub(crate) struct BaseFolder {
    path: PathBuf,
    _lock: File,
}

impl BaseFolder {
    /// Creates the folder if necessary, and waits for its lock.
    pub(crate) fn lock() -> Result<Self, DevstackError> {
        Self::lock_at(base_path(KEPT))
    }

    /// The folder for temporary state in memory. None without such a file system, or if it has too little space.
    ///
    /// Each test creates and deletes a database of 600 files. On ext4 that is most of the system time of a test run, as
    /// it searches for inodes that have not just been deleted.
    pub(crate) fn lock_in_memory() -> Result<Option<Self>, DevstackError> {
        has_space_in_memory().then(|| Self::lock_at(base_path(MEMORY))).transpose()
    }

    fn lock_at(path: PathBuf) -> Result<Self, DevstackError> {
        make_private(&path)?;
        let lock = lock_file(&path.join("lock"))?;
        lock.lock().doing("lock", &path)?;
        Ok(Self { path, _lock: lock })
    }

    /// Creates an unused folder, named after this process.
    fn unused(&self, kind: &str) -> Result<PathBuf, DevstackError> {
        let mut name = format!("{kind}-{}", process::id());
        let mut attempt = 1;
        loop {
            let path = self.path.join(&name);
            match DirBuilder::new().mode(0o711).create(&path) {
                Ok(()) => return Ok(path),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    attempt += 1;
                    name = format!("{kind}-{}-{attempt}", process::id());
                }
                Err(error) => return Err(error).doing("create", &path),
            }
        }
    }

    /// The temporary state folders, in use or abandoned.
    pub(crate) fn runs(&self) -> Result<Vec<PathBuf>, DevstackError> {
        let mut runs = Vec::new();
        for entry in fs::read_dir(&self.path).doing("read", &self.path)? {
            let entry = entry.doing("read", &self.path)?;
            if entry.file_name().as_bytes().starts_with(b"run-") {
                runs.push(entry.path());
            }
        }
        Ok(runs)
    }
}

/// Not `temp_dir()`: a demo's data should survive a restart of the machine, and TMPDIR is often long, or accessible to its
/// owner only.
const KEPT: &str = "/var/tmp";
/// The file system in memory of Linux.
const MEMORY: &str = "/dev/shm";
/// Space that the tests of a run use at most, in bytes, with a reserve.
const MEMORY_NEEDED: u64 = 4 << 30;

fn has_space_in_memory() -> bool {
    rustix::fs::statvfs(MEMORY).is_ok_and(|found| found.f_bavail.saturating_mul(found.f_frsize) >= MEMORY_NEEDED)
}

fn base_path(parent: &str) -> PathBuf {
    let temporary = PathBuf::from(parent);
    let temporary = if temporary.is_dir() { temporary } else { std::env::temp_dir() };
    temporary.join(format!("portico-{}", rustix::process::geteuid().as_raw()))
}

/// The default folder of the stack called `name`; it need not exist yet.
#[must_use]
pub fn default_state_folder(name: &str) -> PathBuf {
    base_path(KEPT).join(name)
}

/// Creates a private folder, or rejects an unsafe one. Other users must not have prepared it or be able to change it:
/// everyone can write to temporary folders, and could plant a link there.
fn make_private(path: &Path) -> Result<(), DevstackError> {
    match DirBuilder::new().mode(0o711).create(path) {
        // The umask may have removed the `x` that the servers' user needs.
        Ok(()) => set_mode(path, 0o711).doing("protect", path)?,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error).doing("create", path),
    }
    let found = fs::symlink_metadata(path).doing("look at", path)?;
    let why = if !found.is_dir() {
        "it is not a folder".to_owned()
    } else if found.uid() != rustix::process::geteuid().as_raw() {
        format!("it belongs to uid {}", found.uid())
    } else if found.mode() & 0o022 != 0 {
        format!("others may write to it (mode {:o})", found.mode() & 0o777)
    } else {
        return Ok(());
    };
    Err(DevstackError::UnsafeFolder { folder: path.to_owned(), why })
}

fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

fn lock_file(path: &Path) -> Result<File, DevstackError> {
    // std opens files close-on-exec, so no server inherits the lock.
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true).mode(0o600);
    options.open(path).doing("open", path)
}

/// Deletes a folder, if it exists. A process that was just stopped may still write its last files, so the deletion is
/// retried.
pub(crate) fn remove_folder(path: &Path) -> Result<(), DevstackError> {
    let mut last = Ok(());
    poll(Duration::from_secs(2), || {
        last = match fs::remove_dir_all(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        };
        last.is_ok() || path.symlink_metadata().is_err()
    });
    last.doing("remove", path)
}
