//! `portico-devstack run -- COMMAND`: a command with a PostgreSQL and a Redis of its own.

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use portico_devstack::{DevstackError, SearchPath, ServiceUser, default_state_folder};
use portico_devstack::{find_postgres, find_redis};

mod run;

/// A private PostgreSQL and Redis for tests.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Run a command while a new PostgreSQL and Redis are up, then throw them away.
    ///
    /// The command finds them by PORTICO_TEST_POSTGRES (a connection string without a database)
    /// and PORTICO_TEST_REDIS (a URL). Its exit code is ours, 128 + n when signal n ended it.
    Run {
        /// The command and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<std::ffi::OsString>,
    },
    /// Say what this machine has; fails when something is missing.
    Check,
}

fn main() -> ExitCode {
    match Arguments::parse().task {
        Task::Run { command } => run::run(&command).unwrap_or_else(|error| {
            complain(&error);
            ExitCode::FAILURE
        }),
        Task::Check => check(),
    }
}

fn check() -> ExitCode {
    let path = SearchPath::of_this_machine();
    let findings = [
        find_postgres(&path).map(|it| format!("PostgreSQL {}: {}", it.major, it.postgres.display())),
        find_redis(&path).map(|it| format!("Redis {}: {}", it.major, it.server.display())),
        ServiceUser::choose().map(|user| format!("servers run as {}", user.name())),
    ];
    let mut code = ExitCode::SUCCESS;
    for finding in findings {
        match finding {
            Ok(line) => say(&line),
            Err(error) => {
                complain(&error);
                code = ExitCode::FAILURE;
            }
        }
    }
    say(&format!("the demo's state is kept in {}", default_state_folder("demo").display()));
    code
}

/// Nobody is left to hear it when this fails.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn complain(error: &DevstackError) {
    let _ = writeln!(io::stderr(), "portico-devstack: {error}");
}
