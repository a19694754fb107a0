//! `portico worker`

use std::sync::Arc;

use clap::Args;
use portico::jobs::{JobContext, MailComposer, Worker, WorkerNotifier};
use portico_core::clock::Clock;
use portico_core::people::LinkKey;
use portico_store::{PoolSizes, Store};
use secrecy::SecretString;

use super::hosts::PublicUrl;
use super::mail::MailOptions;
use super::serve::is_ready;
use super::stop::StopSignals;
use super::{DatabaseOptions, Failure, checked_secret};

/// One connection takes and notes, another one notes meanwhile.
const POOLS: PoolSizes = PoolSizes { reader: 1, auth: 1, writer: 2 };

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    /// What links in mails are made with, at least 32 characters; the same as the gateways'
    // Checked by us: clap's own complaint would repeat it.
    #[arg(long, env = "PORTICO_SECRET", hide_env_values = true)]
    secret: SecretString,
    #[command(flatten)]
    public: PublicUrl,
    #[command(flatten)]
    mail: MailOptions,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let mut stop = StopSignals::listen()?;
    let secret = checked_secret(&options.secret)?;
    let Some((transport, sender)) = options.mail.way_out()? else {
        return Err(Failure::new("a worker needs --smtp-url: it has nothing else to do"));
    };
    let database = options.database.database()?;
    let store = Store::new(&database, POOLS);
    is_ready(&database, &store).await?;
    let composer = MailComposer { links: LinkKey::from_secret(secret), site: options.public.site()?, sender };
    tracing::info!("working");
    let context = JobContext { writer: store.writer(), composer, transport };
    let worker = Worker::of_gateway(context, Arc::new(Clock::of_server), WorkerNotifier::default());
    worker.run(stop.recv()).await;
    Ok(())
}
