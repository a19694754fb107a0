//! The state folder: where a stack keeps its data, its logs and its lock.
//!
//! ```text
//! STATE/             0711, ours
//!   lock             held by the process that owns the stack
//!   postgres/        0700, the servers' user: data
//!   redis/           0700, the servers' user: working folder
//!   run/             0700, the servers' user: sockets, only while running
//!   sockets          where they are when STATE is too long a path for them
//!   *.log *.pid      ours
//! ```
//!
//! The servers let in whoever can connect, and the folder is what decides who can: nobody but the
//! servers' user and root may enter `run/`, and there is no other way in.

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

/// macOS takes 103 bytes for a socket's path, Linux 107.
const LONGEST_SOCKET_PATH: usize = 103;
/// The longest name of a socket that we put into the folder, with its slash.
const LONGEST_SOCKET_NAME: usize = "/.s.PGSQL.5432".len();

/// A locked state folder.
#[derive(Debug)]
pub(crate) struct StateFolder {
    path: PathBuf,
    /// Held until the folder is dropped; the kernel frees it when we are killed.
    _lock: File,
    /// Remove everything at the end.
    temporary: bool,
}

impl StateFolder {
    /// Makes `path` if need be and locks it.
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

    /// A new folder that is removed at the end. The caller holds the [`BaseFolder`], which keeps
    /// others from sweeping the folder between its creation and its locking.
    pub(crate) fn temporary(base: &BaseFolder) -> Result<Self, DevstackError> {
        let mut state = Self::acquire(&base.unused("run")?)?;
        state.temporary = true;
        Ok(state)
    }

    /// Takes over an abandoned folder in order to remove it; fails when it is in use.
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

    /// Data in the making: renamed to [`Self::postgres`] when complete, so that a run killed in the
    /// middle leaves nothing that looks finished.
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

    /// The folder for sockets of the last run, if it left one.
    pub(crate) fn recorded_sockets(&self) -> PathBuf {
        match fs::read(self.sockets_record()) {
            Ok(path) => PathBuf::from(std::ffi::OsStr::from_bytes(&path)),
            Err(_) => self.path.join("run"),
        }
    }

    fn sockets_record(&self) -> PathBuf {
        self.path.join("sockets")
    }

    /// Throws the data away.
    pub(crate) fn wipe(&self) -> Result<(), DevstackError> {
        remove_folder(&self.postgres())?;
        remove_folder(&self.redis())
    }
}

impl Drop for StateFolder {
    fn drop(&mut self) {
        if self.temporary {
            // What cannot be removed now is swept by a later run.
            let _ = remove_folder(&self.path);
        }
    }
}

/// The folder of a running stack's sockets; gone when dropped.
#[derive(Debug)]
pub(crate) struct SocketFolder {
    path: PathBuf,
    record: Option<PathBuf>,
}

impl SocketFolder {
    /// A new folder: in the state folder when its path is short enough for sockets, else in the
    /// folder for temporary files, with a note in the state folder that says where.
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

    /// Removes what a killed run left.
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
        // Whatever stays is empty of servers, and removed by the next start.
        let _ = remove_folder(&self.path);
        if let Some(record) = &self.record {
            let _ = fs::remove_file(record);
        }
    }
}

/// `/var/tmp/portico-UID`: home of the state folders that have no other.
///
/// Holding one holds a lock, so that folders are made and swept by one process at a time.
#[derive(Debug)]
pub(crate) struct BaseFolder {
    path: PathBuf,
    _lock: File,
}

impl BaseFolder {
    /// Makes the folder if need be, and waits for its lock.
    pub(crate) fn lock() -> Result<Self, DevstackError> {
        let path = base_path();
        make_private(&path)?;
        let lock = lock_file(&path.join("lock"))?;
        lock.lock().doing("lock", &path)?;
        Ok(Self { path, _lock: lock })
    }

    /// Makes a folder that nobody uses yet, named after this process.
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

    /// The temporary state folders, live or abandoned.
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

fn base_path() -> PathBuf {
    // Not `temp_dir()`: a demo's data should survive a restart of the machine, and TMPDIR is often
    // long, or a folder that only its owner can enter.
    let temporary = PathBuf::from("/var/tmp");
    let temporary = if temporary.is_dir() { temporary } else { std::env::temp_dir() };
    temporary.join(format!("portico-{}", rustix::process::geteuid().as_raw()))
}

/// Where the stack called `name` lives when nobody chose a folder; it need not exist yet.
#[must_use]
pub fn default_state_folder(name: &str) -> PathBuf {
    base_path().join(name)
}

/// Makes `path` if need be and refuses it when anybody but us could have prepared or could change
/// it: temporary folders are open to all, and a link planted there would lead us astray.
fn make_private(path: &Path) -> Result<(), DevstackError> {
    match DirBuilder::new().mode(0o711).create(path) {
        // The umask may have taken the `x` that the servers' user needs.
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

/// Removes a folder, or agrees that there is none. A process that was just stopped may still put
/// its last files there, so an early failure is not final.
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
