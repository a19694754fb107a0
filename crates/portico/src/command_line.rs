//! Runs the command that the process was started with.

use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory, Error, Parser};
use tracing_subscriber::EnvFilter;

use crate::commands::Cli;

/// Parses the process's arguments and runs the command, with its own log and runtime.
#[tokio::main]
pub async fn run_command_line() -> ExitCode {
    let cli = Cli::try_parse().unwrap_or_else(|error| name_variables(error).exit());
    start_log(cli.is_for_people());
    match cli.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            use std::io::Write;
            let _ = writeln!(std::io::stderr(), "portico: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Names the environment variable of each missing option beside its flag.
fn name_variables(mut error: Error) -> Error {
    if error.kind() == ErrorKind::MissingRequiredArgument
        && let Some(ContextValue::Strings(missing)) = error.get(ContextKind::InvalidArg)
    {
        let command = Cli::command();
        let named = missing.iter().map(|option| match variable_of(&command, option) {
            Some(variable) => format!("{option} or {variable}"),
            None => option.clone(),
        });
        let named = ContextValue::Strings(named.collect());
        error.insert(ContextKind::InvalidArg, named);
    }
    error
}

/// The environment variable of an option such as `--secret <SECRET>`, in a command or its subcommands.
fn variable_of(command: &Command, option: &str) -> Option<String> {
    let flag = option.strip_prefix("--")?.split_whitespace().next();
    let found = command.get_arguments().find(|argument| argument.get_long() == flag);
    match found.and_then(|argument| argument.get_env()) {
        Some(variable) => Some(variable.to_string_lossy().into_owned()),
        None => command.get_subcommands().find_map(|command| variable_of(command, option)),
    }
}

/// Logs to standard error, so that the output of commands can be piped. `PORTICO_LOG` sets the level: `debug`,
/// `portico=trace`.
fn start_log(is_for_people: bool) {
    let filter = EnvFilter::try_from_env("PORTICO_LOG").unwrap_or_else(|_| EnvFilter::new("info,tokio_postgres=warn"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if is_for_people {
        log.compact().with_target(false).init();
    } else {
        log.json().flatten_event(true).init();
    }
}
