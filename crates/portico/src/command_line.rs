//! Runs the command that the process was started with.

use std::process::ExitCode;

use clap::Parser;
use tracing_subscriber::EnvFilter;

use crate::commands::Cli;

/// Parses the process's arguments and runs the command, with its own log and runtime.
#[tokio::main]
pub async fn run_command_line() -> ExitCode {
    let cli = Cli::parse();
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
