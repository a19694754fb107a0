//! A private PostgreSQL.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::discover::PostgresBinaries;
use crate::error::{DevstackError, IoContext};
use crate::process::Server;
use crate::programs::{INITDB, POSTGRES};
use crate::state::StateFolder;
use crate::user::ServiceUser;

/// The only role of a new cluster.
pub const SUPERUSER: &str = "portico";
/// Only part of the socket's name: no TCP port is used.
const PORT: u16 = 5432;

const INITDB_LIMIT: Duration = Duration::from_secs(120);
/// Includes recovery after a crash.
const START_LIMIT: Duration = Duration::from_secs(120);

/// Durability of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A commit survives a crash of the machine.
    Safe,
    /// Nothing has to survive: for tests, which become much faster.
    Fast,
}

impl Durability {
    pub(crate) fn settings(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Safe => &[("fsync", "on")],
            Self::Fast => &[
                ("fsync", "off"),
                ("synchronous_commit", "off"),
                ("full_page_writes", "off"),
                ("wal_level", "minimal"),
                ("max_wal_senders", "0"),
                // Tests create and drop hundreds of databases: no pauses for checkpoints or vacuum.
                ("max_wal_size", "4GB"),
                ("checkpoint_timeout", "1h"),
                ("autovacuum", "off"),
            ],
        }
    }
}

const COMMON_SETTINGS: &[(&str, &str)] = &[
    // No TCP at all.
    ("listen_addresses", ""),
    // Many tests run at once, each with pools for several logins.
    ("max_connections", "300"),
    ("shared_buffers", "128MB"),
    ("timezone", "UTC"),
    ("log_timezone", "UTC"),
    ("log_line_prefix", "%m [%p] %q%u@%d "),
    ("logging_collector", "off"),
    ("log_destination", "stderr"),
    // Our statements are short: compiling one takes longer than running it.
    ("jit", "off"),
    // Owner only, which admits root too.
    ("unix_socket_permissions", "0700"),
];

/// Address of a private PostgreSQL.
///
/// Prints as a libpq key-value connection string without a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresAddress {
    /// The folder of the socket.
    pub socket_dir: PathBuf,
    /// The number in the socket's name.
    pub port: u16,
    /// The superuser, without a password.
    pub user: String,
}

impl PostgresAddress {
    pub(crate) fn in_folder(sockets: &Path) -> Self {
        Self { socket_dir: sockets.to_owned(), port: PORT, user: SUPERUSER.to_owned() }
    }

    /// The key-value connection string of a database, which need not exist yet.
    #[must_use]
    pub fn database(&self, name: &str) -> String {
        format!("{self} dbname={}", quoted(name))
    }
}

impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.socket_dir.to_string_lossy();
        write!(f, "host={} port={} user={}", quoted(&host), self.port, quoted(&self.user))
    }
}

/// Quotes a value of a libpq key-value string.
fn quoted(value: &str) -> String {
    let is_plain = |c: char| !c.is_whitespace() && c != '\'' && c != '\\';
    if !value.is_empty() && value.chars().all(is_plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

/// The major version that wrote the data, if there are any.
pub(crate) fn data_version(state: &StateFolder) -> Result<Option<u32>, DevstackError> {
    let path = state.postgres().join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => Ok(text.trim().parse().ok()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).doing("read", &path),
    }
}

/// Starts PostgreSQL on the data of `state`, which it creates if there are none.
pub(crate) fn start(
    binaries: &PostgresBinaries,
    state: &StateFolder,
    sockets: &Path,
    user: &ServiceUser,
    durability: Durability,
) -> Result<Server, DevstackError> {
    let data = state.postgres();
    if !data.exists() {
        initialise(binaries, state, user, durability)?;
    }
    start_with(binaries, state, sockets, user, durability.settings())
}

/// Starts PostgreSQL on existing data, with these settings besides the common ones.
pub(crate) fn start_with(
    binaries: &PostgresBinaries,
    state: &StateFolder,
    sockets: &Path,
    user: &ServiceUser,
    settings: &[(&str, &str)],
) -> Result<Server, DevstackError> {
    let data = state.postgres();
    user.must_own(&data)?;

    let mut command = user.command(&binaries.postgres);
    command.arg("-D").arg(&data);
    // The option is a list of folders, and a path may hold a comma.
    let sockets = format!("\"{}\"", sockets.to_string_lossy().replace('"', "\"\""));
    command.arg("-c").arg(format!("unix_socket_directories={sockets}"));
    command.arg("-c").arg(format!("port={PORT}"));
    for (name, value) in COMMON_SETTINGS.iter().chain(settings) {
        command.arg("-c").arg(format!("{name}={value}"));
    }
    let (log, pid_file) = (state.log_file(POSTGRES.name), state.pid_file(POSTGRES.name));
    let mut server = Server::spawn(POSTGRES, command, &log, &pid_file)?;
    let pid = server.pid();
    server.wait_until(START_LIMIT, || is_ready(&data.join("postmaster.pid"), pid))?;
    Ok(server)
}

/// Whether PostgreSQL accepts connections: it writes `ready` into the eighth line of its pid file. No client is needed.
fn is_ready(pid_file: &Path, pid: u32) -> bool {
    fs::read_to_string(pid_file).is_ok_and(|text| {
        let mut lines = text.lines().map(str::trim);
        // A stale file of an earlier server may say `ready` too.
        lines.next() == Some(pid.to_string().as_str()) && lines.nth(6) == Some("ready")
    })
}

/// Creates a data folder.
pub(crate) fn initialise(
    binaries: &PostgresBinaries,
    state: &StateFolder,
    user: &ServiceUser,
    durability: Durability,
) -> Result<(), DevstackError> {
    let unfinished = state.postgres_unfinished();
    user.own_folder(&unfinished)?;
    let mut command = user.command(&binaries.initdb);
    command.arg("-D").arg(&unfinished).args(["--username", SUPERUSER, "--encoding=UTF8"]);
    // Sorted by bytes everywhere, which is fast and the same on each machine; non-ASCII letters still have case. Only
    // Linux has that locale for certain.
    command.arg("--locale=C");
    if cfg!(target_os = "linux") {
        command.arg("--lc-ctype=C.UTF-8");
    }
    // Trust is safe because only this user and root can enter the socket's folder (see the `state` module), and a
    // password would have to be stored in that same folder.
    command.args(["--auth-local=trust", "--auth-host=reject", "--no-instructions"]);
    if durability == Durability::Fast {
        command.arg("--no-sync");
    }
    let (log, pid_file) = (state.log_file(INITDB.name), state.pid_file(INITDB.name));
    Server::spawn(INITDB, command, &log, &pid_file)?.wait_for_success(INITDB_LIMIT)?;
    fs::rename(&unfinished, state.postgres()).doing("rename", &unfinished)
}

#[cfg(test)]
mod tests {
    use super::PostgresAddress;

    #[test]
    fn awkward_paths_are_quoted() {
        let address = |folder: &str| PostgresAddress::in_folder(folder.as_ref()).database("x");
        assert_eq!(address("/a/run"), "host=/a/run port=5432 user=portico dbname=x");
        assert_eq!(address("/it's a/run"), r"host='/it\'s a/run' port=5432 user=portico dbname=x");
    }
}
