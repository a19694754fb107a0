//! `portico cache`

use clap::{Args, Subcommand};
use portico_store::StoreError;
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
    reset_caches(&options.database()?).await.map_err(|error| match error {
        StoreError::Failed(text) => {
            Failure::new(format_args!("nothing was reset ({text}); has `portico migrate` been run?"))
        }
        other => Failure::new(other),
    })?;
    say("from their next request on, all gateways read anew; what they kept is never asked for again");
    Ok(())
}
