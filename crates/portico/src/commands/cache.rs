//! `portico cache`

use clap::{Args, Subcommand};
use portico_store::generations::reset_caches;

use super::{DatabaseOptions, Failure, say};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Have all gateways forget what they keep: after a restore, or a promotion of a replica
    Reset(DatabaseOptions),
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let Command::Reset(options) = options.command;
    reset_caches(&options.migrated().await?).await.map_err(Failure::new)?;
    say("from their next request on, all gateways read anew; what they kept is never asked for again");
    Ok(())
}
