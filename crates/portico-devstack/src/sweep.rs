//! Stops and deletes the leftovers of killed runs.
//!
//! A process is stopped only if a pid file *of this folder* and its own command line both name this folder: pids are
//! reused and names are common, so neither alone is proof.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{Pid, kill_process};

use crate::discover::REDIS_NAMES;
use crate::error::DevstackError;
use crate::process::{Program, poll};
use crate::programs::{INITDB, PGBOUNCER, POSTGRES, REDIS};
use crate::state::{BaseFolder, SocketFolder, StateFolder, remove_folder};

/// Stops the servers of a killed owner, and deletes its stale files. We hold the lock of `state`, so the folder has no
/// other owner now.
pub(crate) fn leftovers(state: &StateFolder) -> Result<(), DevstackError> {
    let data = state.postgres();
    let sockets = state.recorded_sockets();
    let postmaster_pid = data.join("postmaster.pid");
    let unfinished = state.postgres_unfinished();

    let initdb = Leftover { program: INITDB, names: &[INITDB.name], folders: &[&unfinished] };
    initdb.stop(&state.pid_file(INITDB.name));
    let server = Leftover { program: POSTGRES, names: &[POSTGRES.name], folders: &[&data] };
    server.stop(&state.pid_file(POSTGRES.name));
    // Written by PostgreSQL itself, which would trust a stale one at its next start.
    server.stop(&postmaster_pid);
    let redis = Leftover { program: REDIS, names: &REDIS_NAMES, folders: &[&sockets, &state.redis()] };
    redis.stop(&state.pid_file(REDIS.name));
    let pooler = Leftover { program: PGBOUNCER, names: &[PGBOUNCER.name], folders: &[&sockets] };
    pooler.stop(&state.pid_file(PGBOUNCER.name));

    SocketFolder::remove_recorded(state);
    remove_folder(&unfinished)
}

/// Deletes the temporary folders whose owners have ended.
///
/// A folder that is in use, is being deleted by its owner, or cannot be deleted is left for a later run, and does not
/// prevent the start.
pub(crate) fn abandoned_runs(base: &BaseFolder) -> Result<(), DevstackError> {
    for path in base.runs()? {
        if let Ok(state) = StateFolder::abandoned(&path) {
            let _ = leftovers(&state);
        }
    }
    Ok(())
}

struct Leftover<'a> {
    program: Program,
    /// The names of its binary.
    names: &'a [&'a str],
    folders: &'a [&'a Path],
}

impl Leftover<'_> {
    /// Stops the process of a pid file if it is one of these servers. Deletes the file.
    fn stop(&self, pid_file: &Path) {
        let Ok(text) = fs::read_to_string(pid_file) else {
            return;
        };
        let first_line = text.lines().next().unwrap_or_default();
        if let Some(pid) = first_line.trim().parse().ok().and_then(Pid::from_raw) {
            for (signal, limit) in self.program.shutdown {
                if !self.is(pid) {
                    break;
                }
                // Ended meanwhile: the next check will notice.
                let _ = kill_process(pid, *signal);
                poll(*limit, || !self.is(pid));
            }
        }
        let _ = fs::remove_file(pid_file);
    }

    fn is(&self, pid: Pid) -> bool {
        command_line(pid).is_some_and(|line| self.matches(&line))
    }

    fn matches(&self, line: &[String]) -> bool {
        let program = line.first().and_then(|word| word.split_whitespace().next());
        let Some(name) = program.and_then(|path| Path::new(path).file_name()?.to_str()) else {
            return false;
        };
        self.names.contains(&name) && line.iter().any(|word| self.folders.iter().any(|folder| mentions(word, folder)))
    }
}

/// The words of a process's command line; empty for a process that has ended but is not reaped.
///
/// If the words cannot be separated (a title that Redis set, or a system without `/proc`), the whole line is one word.
fn command_line(pid: Pid) -> Option<Vec<String>> {
    let proc = PathBuf::from("/proc");
    let line = if proc.join("self/cmdline").exists() {
        fs::read(proc.join(pid.as_raw_nonzero().to_string()).join("cmdline")).ok()?
    } else {
        let pid = pid.as_raw_nonzero().to_string();
        Command::new("ps").args(["-o", "command=", "-p", &pid]).output().ok()?.stdout
    };
    let words = line.split(|byte| *byte == 0).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(|word| String::from_utf8_lossy(word).trim().to_owned()).collect();
    (!words.is_empty()).then_some(words)
}

/// Whether `word` contains the whole path of `folder`, so that `demo-2` does not match `demo`.
fn mentions(word: &str, folder: &Path) -> bool {
    let folder = folder.to_string_lossy();
    word.match_indices(&*folder).any(|(start, _)| {
        let before = word[..start].chars().next_back();
        let after = word[start + folder.len()..].chars().next();
        before.is_none_or(|c| c.is_whitespace() || c == ':' || c == '=')
            && after.is_none_or(|c| c.is_whitespace() || c == '/')
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Leftover, REDIS_NAMES};
    use crate::programs::POSTGRES;

    fn matches(names: &[&str], folder: &str, line: &[&str]) -> bool {
        let line: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        Leftover { program: POSTGRES, names, folders: &[Path::new(folder)] }.matches(&line)
    }

    #[test]
    fn server_of_this_folder_is_recognised() {
        let postgres = ["/usr/lib/postgresql/15/bin/postgres", "-D", "/var/tmp/p/demo/postgres", "-c", "a=b"];
        assert!(matches(&["postgres"], "/var/tmp/p/demo/postgres", &postgres));
        let redis = ["/usr/bin/redis-server unixsocket:/var/tmp/p/demo/run/redis.sock"];
        assert!(matches(&REDIS_NAMES, "/var/tmp/p/demo/run", &redis));
        let ps = ["/usr/lib/postgresql/15/bin/postgres -D /var/tmp/p/demo/postgres -c a=b"];
        assert!(matches(&["postgres"], "/var/tmp/p/demo/postgres", &ps));
    }

    #[test]
    fn other_processes_are_left_alone() {
        let folder = "/var/tmp/p/demo/postgres";
        assert!(!matches(&["postgres"], folder, &["postgres", "-D", "/var/tmp/p/demo-2/postgres"]));
        assert!(!matches(&["postgres"], folder, &["postgres", "-D", "/var/tmp/p/demo/postgres-2"]));
        assert!(!matches(&["postgres"], folder, &["postgres", "-D", "/srv/var/tmp/p/demo/postgres"]));
        assert!(!matches(&["postgres"], folder, &["vim", folder]));
        assert!(!matches(&["postgres"], folder, &[]));
    }
}
