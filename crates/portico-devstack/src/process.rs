//! A server as a child process: started with a log and a pid file, watched, and always stopped.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::error::{DevstackError, IoContext};

const POLL: Duration = Duration::from_millis(10);
/// Number of log lines that an error quotes.
const QUOTED_LINES: usize = 15;

/// Signals in order of severity, each with the time to wait before the next one.
pub(crate) type ShutdownSteps = &'static [(Signal, Duration)];

/// A server program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Program {
    /// The name of its log and pid file.
    pub(crate) name: &'static str,
    /// How it is stopped.
    pub(crate) shutdown: ShutdownSteps,
}

/// Child process that is stopped on drop.
#[derive(Debug)]
pub(crate) struct Server {
    program: Program,
    child: Child,
    log: PathBuf,
    pid_file: PathBuf,
}

impl Server {
    /// Spawns `command`; its output goes to `log`, and its pid to `pid_file`, from which a later run can stop it if
    /// this process is killed.
    pub(crate) fn spawn(
        program: Program,
        mut command: Command,
        log: &Path,
        pid_file: &Path,
    ) -> Result<Self, DevstackError> {
        let output = new_log(log)?;
        let errors = output.try_clone().doing("write", log)?;
        command.stdout(output).stderr(errors).stdin(Stdio::null());
        let child = command.spawn().doing("start", Path::new(command.get_program()))?;
        // From here on, dropping stops the child.
        let server = Self { program, child, log: log.to_owned(), pid_file: pid_file.to_owned() };
        fs::write(pid_file, format!("{}\n", server.child.id())).doing("write", pid_file)?;
        Ok(server)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Makes it read its configuration again.
    #[cfg(feature = "tls")]
    pub(crate) fn reload(&self) {
        // If it has ended, its callers notice.
        let _ = kill_process(Pid::from_child(&self.child), Signal::HUP);
    }

    /// Waits until `ready` returns true; an error quotes the log.
    pub(crate) fn wait_until(&mut self, limit: Duration, mut ready: impl FnMut() -> bool) -> Result<(), DevstackError> {
        let start = Instant::now();
        while !ready() {
            if let Some(status) = self.child.try_wait().doing("wait for", Path::new(self.program.name))? {
                return Err(self.failed(format!("stopped while starting ({status})")));
            }
            if start.elapsed() > limit {
                return Err(self.failed(format!("was not ready after {} seconds", limit.as_secs())));
            }
            thread::sleep(POLL);
        }
        Ok(())
    }

    /// Waits until a tool has finished; an error quotes the log.
    pub(crate) fn wait_for_success(mut self, limit: Duration) -> Result<(), DevstackError> {
        let start = Instant::now();
        loop {
            match self.child.try_wait().doing("wait for", Path::new(self.program.name))? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(self.failed(format!("failed ({status})"))),
                None if start.elapsed() > limit => {
                    return Err(self.failed(format!("did not finish in {} seconds", limit.as_secs())));
                }
                None => thread::sleep(POLL),
            }
        }
    }

    fn failed(&self, what: String) -> DevstackError {
        DevstackError::Failed { program: self.program.name, what, log: last_lines(&self.log) }
    }

    fn ended(&mut self, limit: Duration) -> bool {
        poll(limit, || !matches!(self.child.try_wait(), Ok(None)))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        for (signal, limit) in self.program.shutdown {
            if self.ended(Duration::ZERO) {
                break;
            }
            // The child is not reaped yet, so the pid is still its own. It may have ended just now.
            let _ = kill_process(Pid::from_child(&self.child), *signal);
            self.ended(*limit);
        }
        // Missing already, or removed as stale by the next start.
        let _ = fs::remove_file(&self.pid_file);
    }
}

/// Polls `done` until it returns true or `limit` has passed. Returns whether it did.
pub(crate) fn poll(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let start = Instant::now();
    loop {
        if done() {
            return true;
        }
        if start.elapsed() >= limit {
            return false;
        }
        thread::sleep(POLL);
    }
}

/// Creates a log readable by its owner only. The log of the previous run is kept: it may have the reason for its end.
fn new_log(path: &Path) -> Result<File, DevstackError> {
    match fs::rename(path, path.with_extension("log.old")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).doing("move", path);
        }
        _ => {}
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path).doing("create", path)
}

fn last_lines(path: &Path) -> String {
    let text = fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    let text = text.unwrap_or_else(|error| format!("(cannot read {}: {error})", path.display()));
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(QUOTED_LINES)..].join("\n")
}
