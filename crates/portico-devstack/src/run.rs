//! Runs a command beside a stack, and forwards signals and the exit code.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitCode, ExitStatus};
use std::thread;
use std::time::Duration;

use portico_devstack::{DevstackError, Stack, StackOptions};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::SignalsInfo;
use signal_hook::iterator::exfiltrator::origin::WithOrigin;
use signal_hook::low_level::siginfo::Cause;

type Signals = SignalsInfo<WithOrigin>;

const POLL: Duration = Duration::from_millis(20);

pub(crate) fn run(command: &[OsString]) -> Result<ExitCode, DevstackError> {
    // Caught from the start: a signal that ended this process now would leave the servers running.
    let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM]).map_err(cannot("catch signals"))?;
    let stack = Stack::start(&StackOptions::tests())?;
    if let Some(signal) = signals.pending().next() {
        return Ok(ended_by(signal.signal));
    }
    let [program, arguments @ ..] = command else {
        return Ok(ExitCode::FAILURE);
    };
    let mut child = Command::new(program);
    child.args(arguments).env("PORTICO_TEST_POSTGRES", stack.postgres().to_string());
    if let Some(url) = stack.redis_url() {
        child.env("PORTICO_TEST_REDIS", url);
    }
    let code = match child.spawn() {
        Ok(child) => exit_code(wait(child, &mut signals).map_err(cannot("wait for the command"))?),
        Err(error) => not_started(program, &error),
    };
    stack.stop();
    Ok(code)
}

fn wait(mut child: Child, signals: &mut Signals) -> io::Result<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        for origin in signals.pending() {
            // The kernel sends the signals of a terminal to the command as well. Forwarding them would look like a
            // second, impatient Ctrl-C.
            if let (Cause::Sent(_), Some(signal)) = (origin.cause, Signal::from_named_raw(origin.signal)) {
                // Not reaped, so the pid is the command's; it may have ended just now.
                let _ = kill_process(Pid::from_child(&child), signal);
            }
        }
        thread::sleep(POLL);
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    match (status.code(), status.signal()) {
        (Some(code), _) => ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)),
        (None, Some(signal)) => ended_by(signal),
        (None, None) => ExitCode::FAILURE,
    }
}

/// The exit code by the convention of shells.
fn ended_by(signal: i32) -> ExitCode {
    ExitCode::from(u8::try_from(128 + signal).unwrap_or(u8::MAX))
}

/// The exit code and message by the convention of shells.
fn not_started(program: &OsString, error: &io::Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "portico-devstack: cannot run {}: {error}", program.display());
    ExitCode::from(if error.kind() == io::ErrorKind::NotFound { 127 } else { 126 })
}

fn cannot(what: &'static str) -> impl FnOnce(io::Error) -> DevstackError {
    move |cause| DevstackError::Io { doing: what.to_owned(), cause }
}
