//! Runs the command that the process was started with.

use std::fmt::Display;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory, Error, Parser};
use tracing_subscriber::EnvFilter;

use crate::commands::{Cli, INBOUND_MAIL, TRY_AGAIN};

/// Parses the process's arguments and runs the command, with its own log and runtime.
#[tokio::main]
pub async fn run_command_line() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return not_parsed(&name_variables(error)),
    };
    let setting = std::env::var_os("PORTICO_LOG").unwrap_or_default();
    let filter = match log_filter(&setting.to_string_lossy()) {
        Ok(filter) => filter,
        Err(message) => {
            let _ = failed(message);
            return cli.status_of_wrong_settings();
        }
    };
    start_log(filter, cli.is_for_people());
    match cli.run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failed(&failure);
            failure.status()
        }
    }
}

fn failed(failure: impl Display) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "portico: {failure}");
    ExitCode::FAILURE
}

/// Prints help, or what is wrong with the options.
fn not_parsed(error: &Error) -> ExitCode {
    let _ = error.print();
    match std::env::args().nth(1) {
        _ if !error.use_stderr() => ExitCode::SUCCESS,
        Some(command) if command == INBOUND_MAIL => ExitCode::from(TRY_AGAIN),
        _ => ExitCode::from(2),
    }
}

/// Names the environment variable of each missing or invalid option beside its flag, and a valid value.
fn name_variables(mut error: Error) -> Error {
    let command = Cli::command();
    let named = |option: &String| match argument_of(&command, option).and_then(Arg::get_env) {
        Some(variable) => format!("{option} or {}", variable.to_string_lossy()),
        None => option.clone(),
    };
    match (error.kind(), error.get(ContextKind::InvalidArg)) {
        (ErrorKind::MissingRequiredArgument, Some(ContextValue::Strings(missing))) => {
            let named = ContextValue::Strings(missing.iter().map(named).collect());
            error.insert(ContextKind::InvalidArg, named);
        }
        (ErrorKind::InvalidValue | ErrorKind::ValueValidation, Some(ContextValue::String(option))) => {
            let default = argument_of(&command, option).and_then(|argument| argument.get_default_values().first());
            let default = default.map(|value| value.to_string_lossy()).filter(|value| !value.is_empty());
            let named = ContextValue::String(named(option));
            error.insert(ContextKind::InvalidArg, named);
            if let Some(default) = default.filter(|value| !error.to_string().contains(&**value)) {
                let tip = StyledStr::from(format!("a valid value is '{default}'"));
                error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
            }
        }
        _ => {}
    }
    error
}

/// An option such as `--secret <SECRET>`, in a command or its subcommands.
fn argument_of<'a>(command: &'a Command, option: &str) -> Option<&'a Arg> {
    let flag = option.strip_prefix("--")?.split_whitespace().next();
    let found = command.get_arguments().find(|argument| argument.get_long() == flag);
    found.or_else(|| command.get_subcommands().find_map(|command| argument_of(command, option)))
}

/// Levels of the log unless `PORTICO_LOG` sets others.
const LOG: &str = "info,tokio_postgres=warn";
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// The crates whose events can be in the log: Portico's and libraries.
const LOGGED: [&str; 21] = [
    "portico",
    "portico_actions",
    "portico_adapters",
    "portico_audience",
    "portico_core",
    "portico_graphql",
    "portico_loader",
    "portico_store",
    "async_graphql",
    "axum",
    "diesel",
    "hyper",
    "hyper_util",
    "lettre",
    "mio",
    "object_store",
    "redis",
    "rustls",
    "tokio_postgres",
    "tower",
    "tower_http",
];

/// The levels in `PORTICO_LOG`: `debug`, or `info,portico_store=trace`. A misspelled level would be the name of a crate that logs
/// nothing, and so silence the log.
fn log_filter(setting: &str) -> Result<EnvFilter, String> {
    let parts: Vec<_> = setting.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() {
        return Ok(EnvFilter::new(LOG));
    }
    let is_level = |text: &str| LEVELS.iter().any(|level| level.eq_ignore_ascii_case(text));
    let is_logged = |target: &str| target.split("::").next().is_some_and(|name| LOGGED.contains(&name));
    let is_valid = |part: &str| match part.split_once('=') {
        Some((target, level)) => is_logged(target) && is_level(level),
        None => is_level(part) || is_logged(part),
    };
    let wrong = |part: &str| {
        let levels = LEVELS.join(", ");
        format!(
            "PORTICO_LOG contains `{part}`, which is neither a level ({levels}) nor the level of a crate: use a value such as \
             `info` or `info,portico_store=debug`"
        )
    };
    match parts.iter().find(|part| !is_valid(part)) {
        Some(part) => Err(wrong(part)),
        None => EnvFilter::try_new(parts.join(",")).map_err(|_| wrong(setting)),
    }
}

/// Logs to standard error, so that the output of commands can be piped.
fn start_log(filter: EnvFilter, is_for_people: bool) {
    let is_terminal = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(is_terminal);
    if is_for_people {
        log.compact().with_target(false).init();
    } else {
        log.json().flatten_event(true).init();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_log_levels_are_named() {
        for fine in
            ["", " ", "info", "DEBUG", "warn,portico=debug", "info, tokio_postgres=warn,", "portico_store::pool=off"]
        {
            assert!(log_filter(fine).is_ok(), "{fine}");
        }
        for (setting, part) in [
            ("inof", "`inof`"),
            ("info,portico=debgu", "`portico=debgu`"),
            ("info,protico=debug", "`protico=debug`"),
            ("nonsense!!,=", "`nonsense!!`"),
            ("info,=", "`=`"),
            ("portico=", "`portico=`"),
        ] {
            let message = log_filter(setting).expect_err(setting);
            for word in ["PORTICO_LOG", part, "`info`"] {
                assert!(message.contains(word), "{setting}: {message}");
            }
        }
    }
}
