//! `portico worker`

use std::sync::Arc;

use clap::Args;
use portico::ClockSource;
use portico::jobs::{JobContext, MailComposer, Worker, WorkerNotifier};
use portico_core::clock::Clock;
use portico_core::links::LinkKey;
use portico_store::{PoolSizes, Store};
use secrecy::SecretString;

use super::content::ContentOption;
use super::files::FileStoreOption;
use super::hosts::PublicUrl;
use super::mail::MailOptions;
use super::stop::StopSignals;
use super::{DatabaseOptions, Failure, RetentionOptions, check_version, checked_secret};

const POOLS: PoolSizes = PoolSizes { reader: 1, auth: 1, writer: 1 };

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    /// The key of mailed links, at least 32 characters; the same as the gateways'
    // Checked by us: clap's error would repeat it.
    #[arg(long, env = "PORTICO_SECRET", hide_env_values = true)]
    secret: SecretString,
    #[command(flatten)]
    public: PublicUrl,
    #[command(flatten)]
    mail: MailOptions,
    #[command(flatten)]
    files: FileStoreOption,
    #[command(flatten)]
    content: ContentOption,
    #[command(flatten)]
    retention: RetentionOptions,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let mut stop = StopSignals::listen()?;
    let secret = checked_secret(&options.secret)?;
    let Some((transport, sender)) = options.mail.mail_transport()? else {
        return Err(Failure::new("the worker needs --smtp-url or PORTICO_SMTP_URL to send emails"));
    };
    options.files.check()?;
    let database = options.database.database()?;
    let store = Store::new(&database, POOLS);
    check_version(&store).await?;
    let files = options.files.open(&store).await?;
    let composer = MailComposer { links: LinkKey::from_secret(secret), site: options.public.site()?, sender };
    tracing::info!("working");
    let context = JobContext { writer: store.worker(), composer, transport };
    let clock: ClockSource = Arc::new(Clock::of_server);
    let images = options.content.images(&store, files.as_ref(), &clock)?;
    let worker = Worker::of_gateway(context, Arc::clone(&clock), WorkerNotifier::default());
    let worker = options.files.with_scans(worker, store.worker(), files.as_ref(), &clock);
    let worker = worker.with_retention(options.retention.retention).with_files(files).with_images(images);
    worker.run(stop.recv()).await;
    Ok(())
}
