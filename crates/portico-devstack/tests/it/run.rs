//! Tests of `portico-devstack run`, as used by a shell or by CI.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use portico_devstack::{RedisMode, Stack, StackOptions};
use rustix::process::{Pid, Signal, kill_process};

use crate::support::{eventually, processes_of};

fn devstack(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico-devstack"));
    command.args(arguments).stdin(Stdio::null());
    command
}

fn run(script: &str) -> Output {
    devstack(&["run", "--", "sh", "-c", script]).output().expect("the binary was built")
}

/// A run whose command prints the address of its PostgreSQL, then waits to be ended.
struct Waiting {
    run: Child,
    command: Pid,
    state: PathBuf,
}

fn waiting() -> Waiting {
    let script = "echo $$; echo \"$PORTICO_TEST_POSTGRES\"; exec sleep 1000";
    let mut run =
        devstack(&["run", "--", "sh", "-c", script]).stdout(Stdio::piped()).spawn().expect("the binary was built");
    let mut lines = BufReader::new(run.stdout.take().expect("it is piped")).lines();
    let mut line = || lines.next().expect("the command prints it").expect("in words");
    let command = line().parse().ok().and_then(Pid::from_raw).expect("a pid");
    let address = line();
    let sockets = address.strip_prefix("host=").and_then(|rest| rest.split(' ').next());
    let state = Path::new(sockets.expect("the address starts so")).parent().expect("it is in the state folder");
    Waiting { run, command, state: state.to_owned() }
}

#[test]
fn exit_code_of_the_command_is_returned() {
    assert_eq!(run("exit 0").status.code(), Some(0));
    assert_eq!(run("exit 7").status.code(), Some(7));
    assert_eq!(run("kill -KILL $$").status.code(), Some(137));
}

#[test]
fn missing_command_is_named() {
    let output = devstack(&["run", "--", "/no/such/command"]).output().unwrap();
    assert_eq!(output.status.code(), Some(127));
    assert!(String::from_utf8_lossy(&output.stderr).contains("/no/such/command"));
}

#[test]
fn command_gets_the_server_addresses() {
    let output = run("echo \"$PORTICO_TEST_POSTGRES\"; echo \"$PORTICO_TEST_REDIS\"");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("host=/"), "{text}");
    assert!(lines[0].ends_with("/run port=5432 user=portico"), "{text}");
    assert!(lines[1].starts_with("redis+unix:///"), "{text}");
    assert!(lines[1].ends_with("/run/redis.sock"), "{text}");
}

#[test]
fn sigterm_stops_all_and_removes_folder() {
    let mut waiting = waiting();
    assert!(!processes_of(&waiting.state).is_empty());
    kill_process(Pid::from_child(&waiting.run), Signal::TERM).unwrap();
    assert_eq!(waiting.run.wait().unwrap().code(), Some(128 + 15));
    assert_eq!(processes_of(&waiting.state), Vec::<String>::new());
    assert!(!waiting.state.exists());
}

#[test]
fn next_start_cleans_up_a_killed_run() {
    let mut waiting = waiting();
    kill_process(Pid::from_child(&waiting.run), Signal::KILL).unwrap();
    waiting.run.wait().unwrap();
    // The test's own sleep: nothing else would end it.
    kill_process(waiting.command, Signal::KILL).unwrap();

    let options = StackOptions { redis: RedisMode::Never, ..StackOptions::tests() };
    let next = Stack::start(&options).unwrap();
    // A concurrent test may have swept first, and may still be sweeping.
    eventually("the killed run's folder is gone", || (!waiting.state.exists()).then_some(()));
    assert_eq!(processes_of(&waiting.state), Vec::<String>::new());
    assert!(fs::exists(next.state_folder()).unwrap());
}

#[test]
fn check_lists_the_servers() {
    let output = devstack(&["check"]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("PostgreSQL 1") && text.contains("Redis"), "{text}");
}
