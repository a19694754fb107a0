//! Compares the gateway with its peers and with baselines: `just bench`. The README in this folder has the method.

mod compare;
mod contender;
mod cpu;
mod failure;
mod floor;
mod http;
mod load;
mod machine;
mod operations;
mod report;
mod run;
mod servers;
mod world;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::{Doing, Failure};

/// Compares the gateway with its peers and with baselines.
#[derive(Debug, Parser)]
#[command(name = "portico-bench")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Measure
    Run(run::Options),
    /// Serve a baseline: finished answers, or those of one statement
    Floor(floor::Options),
}

fn main() -> ExitCode {
    match answer(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say(format_args!("portico-bench: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn answer(cli: Cli) -> Result<(), Failure> {
    match cli.command {
        // One thread: the callers are to take as little of the machine as they can.
        Command::Run(options) => {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().doing("start")?;
            runtime.block_on(run::run(options))
        }
        // As many threads as the gateway has.
        Command::Floor(options) => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().doing("start")?;
            runtime.block_on(floor::serve(options))
        }
    }
}

/// Prints progress to standard error, so that the table can be piped.
fn say(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
