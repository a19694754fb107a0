//! The binary, run to its end or as a service.

use std::io::{BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use portico_testkit::{TestDatabase, without_user};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

/// Maximum time of any step on a slow machine.
pub(crate) const LONG: Duration = Duration::from_secs(120);

/// The binary, without the settings of the environment.
pub(crate) fn portico() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portico"));
    for name in [
        "PORTICO_DATABASE_URL",
        "PORTICO_OWNER_URL",
        "PORTICO_SECRET",
        "PORTICO_BIND",
        "PORTICO_LOGIN_PASSWORD",
        "PORTICO_POOL_SIZE",
        "PORTICO_AUTH_POOL_SIZE",
        "PORTICO_WRITER_POOL_SIZE",
        "PORTICO_POOLER",
        "PORTICO_METRICS_BIND",
        "PORTICO_LOG",
        "PORTICO_SMTP_URL",
        "PORTICO_MAIL_FROM",
        "PORTICO_CONFIG",
        "PORTICO_PUBLIC_URL",
        "PORTICO_WORKER",
        "PORTICO_RETENTION",
        "PORTICO_FILES_STORE",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs to the end.
pub(crate) fn run(command: &mut Command) -> Output {
    command.stdin(Stdio::null()).output().expect("the binary can be started")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A running service, ended on drop.
pub(crate) struct Service {
    pub(crate) child: Child,
    pub(crate) address: String,
    /// The rest of its output.
    pub(crate) out: Lines<BufReader<ChildStdout>>,
}

impl Service {
    /// Starts a service, and waits for its address.
    pub(crate) fn start(command: &mut Command) -> Self {
        Self::start_with(command.stderr(Stdio::null()))
    }

    /// Starts a service with its log piped.
    pub(crate) fn start_logging(command: &mut Command) -> Self {
        Self::start_with(command.stderr(Stdio::piped()))
    }

    fn start_with(command: &mut Command) -> Self {
        let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = child.expect("the binary can be started");
        let mut out = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        match next_address(&mut out) {
            Some(address) => Self { child, address, out },
            None => panic!("it ended before it printed its address: {:?}", child.wait()),
        }
    }

    /// Its process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next printed address.
    pub(crate) fn next_address(&mut self) -> String {
        next_address(&mut self.out).expect("it has another address")
    }

    /// Its log, until it ends.
    pub(crate) fn log(&mut self) -> JoinHandle<String> {
        let log = self.child.stderr.take().expect("it is piped");
        std::thread::spawn(move || std::io::read_to_string(log).expect("logs are text"))
    }

    pub(crate) async fn ask(&self, token: &str, query: &str) -> (u16, Value) {
        let request = reqwest::Client::new().post(format!("{}/graphql", self.address)).bearer_auth(token);
        let response = request.json(&json!({ "query": query })).send().await.expect("it answers");
        let status = response.status().as_u16();
        (status, response.json().await.expect("it answers in JSON"))
    }

    /// Sends a signal and waits for the end. Returns the exit code.
    pub(crate) fn end(mut self, signal: Signal) -> Option<i32> {
        kill_process(Pid::from_child(&self.child), signal).expect("it is there to be ended");
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("it is our child process") {
                return status.code();
            }
            assert!(started.elapsed() < LONG, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn next_address(out: &mut Lines<BufReader<ChildStdout>>) -> Option<String> {
    let mut lines = out.map(|line| line.expect("it prints text"));
    lines.find_map(|line| {
        let at = line.find("http://127.0.0.1:")?;
        Some(line[at..].split_whitespace().next().unwrap_or_default().to_owned())
    })
}

impl Drop for Service {
    fn drop(&mut self) {
        // For failed tests: the servers behind it must be stopped.
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = kill_process(Pid::from_child(&self.child), Signal::TERM);
            let _ = self.child.wait();
        }
    }
}

pub(crate) const SECRET: &str = "a secret of more than thirty-two characters";

/// The flag and the address of a command's database, by the address of its owner.
pub(crate) fn address_of(command: &str, owner: &str) -> [String; 2] {
    match command {
        "migrate" | "seed" => ["--owner-url".to_owned(), owner.to_owned()],
        _ => ["--database-url".to_owned(), without_user(owner)],
    }
}

pub(crate) fn over(database: &TestDatabase, command: &str) -> Command {
    let mut made = portico();
    made.arg(command).args(address_of(command, &database.owner_address()));
    made
}

pub(crate) fn serve(database: &TestDatabase) -> Command {
    let mut command = over(database, "serve");
    command.args(["--bind", "127.0.0.1:0", "--pool-size", "2", "--secret", SECRET]);
    command
}

/// Asserts an error with these words, and without secrets.
#[track_caller]
pub(crate) fn assert_fails(command: &mut Command, words: &[&str]) {
    let output = run(command);
    let message = text(&output.stderr);
    assert!(output.status.code().is_some_and(|code| code != 0), "it did not fail: {message}");
    for word in words {
        assert!(message.contains(word), "`{word}` is not in: {message}");
    }
    assert!(!message.contains("hunter2"), "a password was repeated: {message}");
    assert!(!message.contains("panicked"), "{message}");
}
