//! `portico worker`

use std::sync::Arc;

use clap::Args;
use portico::ClockSource;
use portico::jobs::{JobContext, MailComposer, Worker, WorkerNotifier};
use portico_adapters::mail::{Sender, Transport};
use portico_core::clock::Clock;
use portico_core::company::Hosts;
use portico_core::links::{LinkKey, LinkSite};
use portico_store::{PoolSizes, Store, Writer};
use secrecy::SecretString;

use super::content::ContentOption;
use super::files::FileStoreOption;
use super::hosts::HostOptions;
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
    hosts: HostOptions,
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
    let mail = options.mail.mail_transport()?;
    if mail.is_none() && !options.files.is_set() {
        return Err(Failure::new(
            "the worker needs --smtp-url or PORTICO_SMTP_URL to send emails, or --files-store or PORTICO_FILES_STORE for files",
        ));
    }
    options.files.check()?;
    let database = options.database.database()?;
    let store = Store::new(&database, POOLS);
    check_version(&store).await?;
    let files = options.files.open(&store).await?;
    let (site, hosts) = (options.hosts.site()?, options.hosts.hosts()?.map(Arc::new));
    if mail.is_some() && hosts.is_none() {
        tracing::warn!(
            "this worker sends no reminders of selections, since portals have no host: set --config or --public-url"
        );
    }
    tracing::info!("working");
    let clock: ClockSource = Arc::new(Clock::of_server);
    let images = options.content.images(&store, files.as_ref(), &clock)?;
    let links = LinkKey::from_secret(secret);
    let worker = worker_with(mail, (links, site, hosts), store.worker(), &clock, WorkerNotifier::default());
    let worker = options.files.with_scans(worker, store.worker(), files.as_ref(), &clock);
    let worker = worker.with_retention(options.retention.retention).with_files(files).with_images(images);
    worker.run(stop.recv()).await;
    Ok(())
}

/// A worker that sends mails, if there is a mail server for them.
pub(super) fn worker_with(
    mail: Option<(Transport, Sender)>,
    (links, site, hosts): (LinkKey, LinkSite, Option<Arc<Hosts>>),
    writer: Writer,
    clock: &ClockSource,
    notifier: WorkerNotifier,
) -> Worker {
    let clock = ClockSource::clone(clock);
    match mail {
        Some((transport, sender)) => {
            let composer = MailComposer { links, site, sender };
            Worker::of_gateway(JobContext { writer, composer, transport, hosts }, clock, notifier)
        }
        None => {
            tracing::warn!("no --smtp-url: emails stay queued until a worker has it");
            Worker::new(writer, clock, notifier)
        }
    }
}
