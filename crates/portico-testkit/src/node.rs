//! Node.js scripts, with the client libraries that frontends use.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The folder of the scripts and of their libraries.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../portico/tests/clients")
}

/// Runs a script with JSON as input and output.
pub fn run(arguments: &[&str], input: &Value) -> Value {
    let mut node = Command::new("node");
    node.args(arguments).current_dir(folder()).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut node = node.spawn().expect("node runs: script/setup installs it");
    let mut stdin = node.stdin.take().expect("the process has a stdin");
    // Some scripts do not read their input.
    let _ = stdin.write_all(input.to_string().as_bytes());
    drop(stdin);
    let output = node.wait_with_output().expect("the process ends");
    serde_json::from_slice(&output.stdout).expect("stdout is JSON; errors are on stderr")
}
