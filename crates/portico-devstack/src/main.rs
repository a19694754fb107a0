//! `portico-devstack run -- COMMAND`: runs a command with its own PostgreSQL and Redis.

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
    /// Run a command with a new PostgreSQL and Redis, then delete both.
    ///
    /// The command gets PORTICO_TEST_POSTGRES (a connection string without a database) and PORTICO_TEST_REDIS (a URL).
    /// The exit code is the command's, or 128 + n if signal n ended it.
    Run {
        /// The command and its arguments.
        #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
        command: Vec<std::ffi::OsString>,
    },
    /// Show the servers of this machine; fails when one is missing.
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
            Ok(line) => print_line(&line),
            Err(error) => {
                complain(&error);
                code = ExitCode::FAILURE;
            }
        }
    }
    print_line(&format!("state of the demo: {}", default_state_folder("demo").display()));
    code
}

/// A closed pipe is ignored.
fn print_line(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn complain(error: &DevstackError) {
    let _ = writeln!(io::stderr(), "portico-devstack: {error}");
}
