//! `portico cache`

use clap::{Args, Subcommand};
use portico_store::generations::reset_caches;

use super::{DatabaseOptions, Failure, print_line};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Invalidate the caches of all gateways, after a restore or a promotion of a replica
    Reset(DatabaseOptions),
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let Command::Reset(options) = options.command;
    reset_caches(&options.migrated().await?).await.map_err(Failure::new)?;
    print_line("all caches are invalid; from their next request on, all gateways read from the database");
    Ok(())
}
