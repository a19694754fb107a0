//! What can go wrong, in words for the person at the terminal.

use std::io;
use std::path::{Path, PathBuf};

/// Why a stack could not be found, started or kept.
///
/// The messages are meant to be printed as they are: each says what to do next where we know it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DevstackError {
    /// No usable PostgreSQL on this machine.
    #[error(
        "no PostgreSQL {minimum} or newer found ({seen}); \
         install postgresql ({minimum} or newer), e.g. apt-get install postgresql"
    )]
    PostgresMissing {
        /// The oldest major version that we can use.
        minimum: u32,
        /// What was found instead, or where we looked.
        seen: String,
    },

    /// No usable Redis on this machine.
    #[error(
        "no Redis {minimum} or newer found ({seen}); \
         install redis-server ({minimum} or newer), e.g. apt-get install redis-server"
    )]
    RedisMissing {
        /// The oldest major version that we can use.
        minimum: u32,
        /// What was found instead, or where we looked.
        seen: String,
    },

    /// No PgBouncer on this machine.
    #[error("no PgBouncer found ({seen}); install pgbouncer, e.g. apt-get install pgbouncer")]
    PoolerMissing {
        /// Where we looked.
        seen: String,
    },

    /// We run as root, and there is nobody to hand the servers to.
    #[error("PostgreSQL refuses to run as root, and there is no user `postgres` or `nobody` to run it as")]
    NoOrdinaryUser,

    /// The servers' user cannot reach the state folder.
    #[error(
        "user `{user}`, who runs the servers, cannot enter {}; \
         choose a state folder elsewhere or run `chmod a+x` on that folder", folder.display()
    )]
    NotTraversable {
        /// The folder that stands in the way.
        folder: PathBuf,
        /// Who cannot enter it.
        user: String,
    },

    /// A folder that others could have prepared or could change.
    #[error("{} is not safe to use: {why}", folder.display())]
    UnsafeFolder {
        /// The folder.
        folder: PathBuf,
        /// What is wrong with it.
        why: String,
    },

    /// Another live process owns the state folder.
    #[error("{} is in use by another process", folder.display())]
    InUse {
        /// The state folder.
        folder: PathBuf,
    },

    /// The kept data were written by a PostgreSQL that is not installed.
    #[error(
        "{} was written by PostgreSQL {data}, but this machine has {installed}; \
         start fresh to throw the data away, or install postgresql-{data}", folder.display()
    )]
    VersionMismatch {
        /// The data folder.
        folder: PathBuf,
        /// The major version that wrote it.
        data: u32,
        /// What is installed.
        installed: String,
    },

    /// A server, or a tool that prepares one, gave up.
    #[error("{program} {what}; the end of its log:\n{log}")]
    Failed {
        /// Which program.
        program: &'static str,
        /// What it did.
        what: String,
        /// The last lines that it wrote.
        log: String,
    },

    /// The operating system said no.
    #[error("cannot {doing}: {cause}")]
    Io {
        /// What we wanted, as a verb phrase.
        doing: String,
        /// What the system said.
        cause: io::Error,
    },
}

/// Puts what we were doing in front of an [`io::Error`], which never says it itself.
pub(crate) trait IoContext<T> {
    fn doing(self, verb: &str, path: &Path) -> Result<T, DevstackError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn doing(self, verb: &str, path: &Path) -> Result<T, DevstackError> {
        self.map_err(|cause| DevstackError::Io { doing: format!("{verb} {}", path.display()), cause })
    }
}
