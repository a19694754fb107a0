//! Errors, in words for the person at the terminal.

use std::io;
use std::path::{Path, PathBuf};

/// Reasons why a stack could not be found, started or kept.
///
/// Messages are printed as they are. Each names the remedy, if it is known.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevstackError {
    /// No usable PostgreSQL on this machine.
    #[error(
        "no PostgreSQL {minimum} or newer found ({seen}); \
         install postgresql ({minimum} or newer), e.g. apt-get install postgresql"
    )]
    PostgresMissing {
        /// The minimum major version.
        minimum: u32,
        /// The versions found, or the folders searched.
        seen: String,
    },

    /// No usable Redis on this machine.
    #[error(
        "no Redis {minimum} or newer found ({seen}); \
         install redis-server ({minimum} or newer), e.g. apt-get install redis-server"
    )]
    RedisMissing {
        /// The minimum major version.
        minimum: u32,
        /// The versions found, or the folders searched.
        seen: String,
    },

    /// No PgBouncer on this machine.
    #[error("no PgBouncer found ({seen}); install pgbouncer, e.g. apt-get install pgbouncer")]
    PoolerMissing {
        /// The folders searched.
        seen: String,
    },

    /// The process is root, and there is no ordinary user for the servers.
    #[error("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as")]
    NoOrdinaryUser,

    /// The servers' user cannot reach the state folder.
    #[error(
        "user `{user}`, which runs the servers, cannot enter {}; \
         choose a state folder elsewhere or run `chmod a+x` on that folder", folder.display()
    )]
    NotTraversable {
        /// The inaccessible folder.
        folder: PathBuf,
        /// The user of the servers.
        user: String,
    },

    /// A folder that other users could have prepared or could change.
    #[error("{} is not safe to use: {why}", folder.display())]
    UnsafeFolder {
        /// The folder.
        folder: PathBuf,
        /// The reason.
        why: String,
    },

    /// Another running process owns the state folder.
    #[error("{} is in use by another process", folder.display())]
    InUse {
        /// The state folder.
        folder: PathBuf,
    },

    /// The data were written by a PostgreSQL that is not installed.
    #[error(
        "{} was written by PostgreSQL {data}, but this machine has {installed}; \
         start fresh to delete the data, or install postgresql-{data}", folder.display()
    )]
    VersionMismatch {
        /// The data folder.
        folder: PathBuf,
        /// The major version that wrote it.
        data: u32,
        /// The installed versions.
        installed: String,
    },

    /// A server, or a tool that prepares one, failed.
    #[error("{program} {what}; the end of its log:\n{log}")]
    Failed {
        /// The program.
        program: &'static str,
        /// How it failed.
        what: String,
        /// The last lines of its log.
        log: String,
    },

    /// The operating system returned an error.
    #[error("cannot {doing}: {cause}")]
    Io {
        /// The operation, as a verb phrase.
        doing: String,
        /// The system's error.
        cause: io::Error,
    },
}

/// Adds the operation to an [`io::Error`], which does not contain it.
pub(crate) trait IoContext<T> {
    fn doing(self, verb: &str, path: &Path) -> Result<T, DevstackError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn doing(self, verb: &str, path: &Path) -> Result<T, DevstackError> {
        self.map_err(|cause| DevstackError::Io { doing: format!("{verb} {}", path.display()), cause })
    }
}
