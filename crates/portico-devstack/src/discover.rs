//! Finds the machine's PostgreSQL and Redis.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::DevstackError;

/// `security_invoker` views and `MERGE` need 15, which Debian 12 ships.
const OLDEST_POSTGRES: u32 = 15;
/// The oldest supported Redis.
const OLDEST_REDIS: u32 = 6;
/// Valkey uses the same protocol and options.
pub(crate) const REDIS_NAMES: [&str; 2] = ["redis-server", "valkey-server"];

/// Folders to search for binaries, best first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchPath {
    folders: Vec<PathBuf>,
}

impl SearchPath {
    /// The folders of this machine: the packages' own (the newest version first), the one that `pg_config` prints, and
    /// `PATH`.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let mut folders = Vec::new();
        folders.extend(versioned("/usr/lib/postgresql", "", "bin"));
        folders.extend(versioned("/usr", "pgsql-", "bin"));
        for prefix in ["/opt/homebrew/opt", "/usr/local/opt"] {
            folders.extend(versioned(prefix, "postgresql@", "bin"));
        }
        folders.extend(pg_config_folder());
        if let Some(path) = std::env::var_os("PATH") {
            folders.extend(std::env::split_paths(&path));
        }
        // Often missing from an ordinary user's PATH.
        folders.extend(["/usr/local/bin", "/usr/bin", "/usr/sbin"].map(PathBuf::from));
        Self::only(folders)
    }

    /// Exactly these folders.
    #[must_use]
    pub fn only(folders: impl IntoIterator<Item = PathBuf>) -> Self {
        let mut unique: Vec<PathBuf> = Vec::new();
        for folder in folders {
            // A relative entry would be a different folder for each caller.
            if folder.is_absolute() && !unique.contains(&folder) {
                unique.push(folder);
            }
        }
        Self { folders: unique }
    }

    fn holding<'a>(&'a self, name: &'a str) -> impl Iterator<Item = PathBuf> + 'a {
        self.folders.iter().map(move |folder| folder.join(name)).filter(|path| path.is_file())
    }

    fn describe(&self) -> String {
        let folders: Vec<String> = self.folders.iter().map(|path| path.display().to_string()).collect();
        format!("looked in {}", if folders.is_empty() { "no folder".to_owned() } else { folders.join(", ") })
    }
}

impl Default for SearchPath {
    fn default() -> Self {
        Self::of_this_machine()
    }
}

/// PostgreSQL server, and the tool that creates its data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostgresBinaries {
    /// The server.
    pub postgres: PathBuf,
    /// Creates a data folder.
    pub initdb: PathBuf,
    /// The major version of both.
    pub major: u32,
}

/// Redis server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedisBinary {
    /// The server.
    pub server: PathBuf,
    /// Its major version.
    pub major: u32,
}

/// Finds the first PostgreSQL that is new enough.
///
/// # Errors
///
/// [`DevstackError::PostgresMissing`], which names the package to install.
pub fn find_postgres(path: &SearchPath) -> Result<PostgresBinaries, DevstackError> {
    find_each_postgres(path).map(|mut found| found.swap_remove(0))
}

/// Finds every PostgreSQL that is new enough, best first; at least one.
pub(crate) fn find_each_postgres(path: &SearchPath) -> Result<Vec<PostgresBinaries>, DevstackError> {
    let mut usable = Vec::new();
    let mut old = Vec::new();
    for postgres in path.holding("postgres") {
        let initdb = postgres.with_file_name("initdb");
        let Some(major) = major_version(&postgres).filter(|_| initdb.is_file()) else {
            continue;
        };
        if major >= OLDEST_POSTGRES {
            usable.push(PostgresBinaries { postgres, initdb, major });
        } else {
            old.push(format!("{} is version {major}", postgres.display()));
        }
    }
    if usable.is_empty() {
        return Err(DevstackError::PostgresMissing {
            minimum: OLDEST_POSTGRES,
            seen: if old.is_empty() { path.describe() } else { old.join(", ") },
        });
    }
    Ok(usable)
}

/// Finds the first Redis (or Valkey) that is new enough.
///
/// # Errors
///
/// [`DevstackError::RedisMissing`], which names the package to install.
pub fn find_redis(path: &SearchPath) -> Result<RedisBinary, DevstackError> {
    let mut old = Vec::new();
    for server in REDIS_NAMES.iter().flat_map(|name| path.holding(name)) {
        match major_version(&server) {
            Some(major) if major >= OLDEST_REDIS => return Ok(RedisBinary { server, major }),
            Some(major) => old.push(format!("{} is version {major}", server.display())),
            None => {}
        }
    }
    Err(DevstackError::RedisMissing {
        minimum: OLDEST_REDIS,
        seen: if old.is_empty() { path.describe() } else { old.join(", ") },
    })
}

/// Finds the first PgBouncer. Any version has the options that we use.
pub(crate) fn find_pgbouncer(path: &SearchPath) -> Result<PathBuf, DevstackError> {
    path.holding("pgbouncer").next().ok_or_else(|| DevstackError::PoolerMissing { seen: path.describe() })
}

/// Lists `PREFIX/NAMEnn/TAIL` for each existing `nn`, highest first.
fn versioned(prefix: &str, name: &str, tail: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(prefix) else {
        return Vec::new();
    };
    let mut found: Vec<(u32, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(name)?.parse().ok()?;
            Some((version, entry.path().join(tail)))
        })
        .collect();
    found.sort_by_key(|(version, _)| std::cmp::Reverse(*version));
    found.into_iter().map(|(_, path)| path).collect()
}

fn pg_config_folder() -> Option<PathBuf> {
    let output = says(Path::new("pg_config"), "--bindir")?;
    Some(PathBuf::from(output.trim()))
}

fn major_version(binary: &Path) -> Option<u32> {
    parse_major(&says(binary, "--version")?)
}

/// Parses both `postgres (PostgreSQL) 15.18 (Debian ..)` and `Redis server v=7.0.15 sha=..`.
fn parse_major(line: &str) -> Option<u32> {
    line.split_whitespace().find_map(|word| {
        let number = word.strip_prefix("v=").unwrap_or(word);
        let digits: &str = &number[..number.find(|c: char| !c.is_ascii_digit()).unwrap_or(number.len())];
        digits.parse().ok()
    })
}

fn says(program: impl AsRef<OsStr>, argument: &str) -> Option<String> {
    let output = Command::new(program).arg(argument).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[test]
    fn versions_are_read_from_server_output() {
        for (line, major) in [
            ("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", Some(15)),
            ("postgres (PostgreSQL) 18beta2", Some(18)),
            ("Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.2.1 bits=64 build=1", Some(7)),
            ("Valkey server v=8.1.1 sha=00000000:0", Some(8)),
            ("usage: something else", None),
        ] {
            assert_eq!(parse_major(line), major, "{line}");
        }
    }
}
