//! `portico serve`

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use portico::auth::DemoTokens;
use portico::caches::CacheSizes;
use portico::jobs::{FileImagesContext, WorkerNotifier};
use portico::metrics::Metrics;
use portico::throttle::{RateLimiter, RedisBuckets, Throttle};
use portico::usage::Usage;
use portico::{App, Origins, Playground, Proxies, private_router, router, serve};
use portico_actions::HeavyPool;
use portico_actions::company::check_hosts;
use portico_adapters::mail::{Sender, Transport};
use portico_adapters::redis::{RedisConnection, RedisTlsFiles};
use portico_core::clock::Clock;
use portico_core::company::Hosts;
use portico_core::links::LinkKey;
use portico_graphql::{CursorKey, Gateway};
use portico_store::retention::Retention;
use portico_store::{PoolSizes, Store};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::content::ContentOption;
use super::decision_keys::DecisionKeyOptions;
use super::files::{FileStoreOption, FilesOptions};
use super::hosts::HostOptions;
use super::inbound_mail::{InboundMailOptions, webhook_key};
use super::mail::MailOptions;
use super::stop::StopSignals;
use super::worker::worker_with;
use super::{DatabaseOptions, Failure, Pooler, RetentionOptions, check_version, checked_secret, print_line};

/// Interval of usage reports in the log.
const USAGE_EVERY: Duration = Duration::from_secs(3_600);

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    /// The address to listen on
    #[arg(long, env = "PORTICO_BIND", default_value = "127.0.0.1:8080", value_parser = listen_address)]
    bind: SocketAddr,
    /// The separate address of /metrics and /health, for operators; off by default
    #[arg(long, env = "PORTICO_METRICS_BIND", value_name = "ADDRESS", value_parser = listen_address)]
    metrics_bind: Option<SocketAddr>,
    /// Secret that signs cursors, cached rows and mailed links: at least 32 characters, the same for all gateways
    // Checked by us: clap's error would repeat it.
    #[arg(long, env = "PORTICO_SECRET", hide_env_values = true)]
    secret: SecretString,
    /// Maximum number of connections per audience
    #[arg(long, env = "PORTICO_POOL_SIZE", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=500))]
    pool_size: u16,
    /// Maximum number of connections for sign-in
    #[arg(long, env = "PORTICO_AUTH_POOL_SIZE", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=500))]
    auth_pool_size: u16,
    /// Maximum number of connections for company actions; the same number again for account actions
    #[arg(long, env = "PORTICO_WRITER_POOL_SIZE", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=500))]
    writer_pool_size: u16,
    /// The web origins whose pages may read answers, separated by commas: https://portal.example.com
    #[arg(long, env = "PORTICO_CORS_ORIGINS", default_value = "")]
    cors_origins: Origins,
    /// The trusted proxies, whose X-Forwarded-For is used: addresses and networks, separated by commas
    #[arg(long, env = "PORTICO_TRUSTED_PROXIES", default_value = "", value_name = "NETWORKS")]
    trusted_proxies: Proxies,
    /// The Redis shared by all gateways: redis://host:6379, or with TLS rediss://host:6379
    // Parsed by us: clap's error would repeat the password.
    #[arg(long, env = "PORTICO_REDIS_URL", hide_env_values = true)]
    redis_url: Option<SecretString>,
    /// The CA of Redis's certificate, a PEM file; without it, the public CAs
    #[arg(long, env = "PORTICO_REDIS_CA", value_name = "FILE")]
    redis_ca: Option<PathBuf>,
    /// The certificate for a Redis that requires one, a PEM file
    #[arg(long, env = "PORTICO_REDIS_CERT", value_name = "FILE")]
    redis_cert: Option<PathBuf>,
    /// The key of --redis-cert, a PEM file
    #[arg(long, env = "PORTICO_REDIS_KEY", value_name = "FILE")]
    redis_key: Option<PathBuf>,
    /// Memory limit of the row cache in MiB; 0 disables it in memory
    #[arg(long, env = "PORTICO_ROW_CACHE_MB", default_value_t = CacheSizes::default().rows)]
    row_cache_mb: u32,
    /// Memory limit of the answer cache in MiB; 0 disables it
    #[arg(long, env = "PORTICO_ANSWER_CACHE_MB", default_value_t = CacheSizes::default().answers)]
    answer_cache_mb: u32,
    /// Whether to serve the playground at `/`
    #[arg(long, env = "PORTICO_PLAYGROUND", value_enum, default_value_t = Switch::On)]
    playground: Switch,
    /// Whether to limit callers by the cost of their operations; off for benchmarks only. Lead forms, sign-in attempts
    /// and mails stay limited
    #[arg(long, env = "PORTICO_RATE_LIMIT", value_enum, default_value_t = Switch::On)]
    rate_limit: Switch,
    #[command(flatten)]
    decision_keys: DecisionKeyOptions,
    #[command(flatten)]
    hosts: HostOptions,
    #[command(flatten)]
    mail: MailOptions,
    #[command(flatten)]
    files: FilesOptions,
    #[command(flatten)]
    inbound_mail: InboundMailOptions,
    /// The key with which the mail provider signs raw mails that it sends to /inbound-mail: whsec_ and base64, as Standard
    /// Webhooks defines it; without one, mail is received by `portico inbound-mail` only
    // Parsed by us: clap's error would repeat it.
    #[arg(long, env = "PORTICO_INBOUND_MAIL_KEY", hide_env_values = true)]
    inbound_mail_key: Option<SecretString>,
    #[command(flatten)]
    content: ContentOption,
    #[command(flatten)]
    retention: RetentionOptions,
    /// Whether this process sends emails, scans files, makes images of photos and videos, and deletes old rows and files; off where `portico worker` does
    #[arg(long, env = "PORTICO_WORKER", value_enum, default_value_t = Switch::On)]
    worker: Switch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

fn listen_address(text: &str) -> Result<SocketAddr, &'static str> {
    text.parse().map_err(|_| "use an IP address and a port, such as 127.0.0.1:8080")
}

async fn redis_link(options: &Options) -> Result<Option<RedisConnection>, Failure> {
    let files = RedisTlsFiles {
        authority: options.redis_ca.clone(),
        certificate: options.redis_cert.clone(),
        key: options.redis_key.clone(),
    };
    let Some(url) = &options.redis_url else {
        if files != RedisTlsFiles::default() {
            return Err(Failure::new("--redis-ca, --redis-cert and --redis-key need --redis-url or PORTICO_REDIS_URL"));
        }
        return Ok(None);
    };
    let redis = RedisConnection::with_tls(url.expose_secret(), files).map_err(Failure::new)?;
    // The gateway also works without Redis, so an expired certificate does not keep it from starting.
    redis.log_tls_fault().await;
    Ok(Some(redis))
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let mut stop = StopSignals::listen()?;
    let sizes = PoolSizes {
        reader: options.pool_size.into(),
        auth: options.auth_pool_size.into(),
        writer: options.writer_pool_size.into(),
    };
    let secret = checked_secret(&options.secret)?;
    let decision_keys = options.decision_keys.keys()?;
    let site = options.hosts.site()?;
    let mail_transport = options.mail.mail_transport()?;
    let hosts = hosts(&options.hosts, mail_transport.is_some())?;
    options.files.check()?;
    let inbound_mail = options.inbound_mail.receiver(webhook_key(options.inbound_mail_key.as_ref())?)?;
    let redis = redis_link(&options).await?;
    let caches = CacheSizes { rows: options.row_cache_mb, answers: options.answer_cache_mb };
    let throttle = match options.rate_limit {
        Switch::On => Throttle::on(redis.clone().map(RedisBuckets::new)),
        Switch::Off => Throttle::Off,
    };
    let attempts = RateLimiter::new(redis.clone().map(RedisBuckets::new));
    let pooler = options.database.connection.pooler;
    let database = options.database.database()?;
    let store = Store::new(&database, sizes);
    check_version(&store).await?;
    if pooler == Pooler::None {
        check_pool_sizes(&store, sizes).await?;
    }
    if let Some(hosts) = &hosts {
        check_companies(&store, hosts).await?;
    }
    let files = options.files.files(secret, &store).await?;
    if inbound_mail.is_some() && files.store.is_none() {
        return Err(Failure::new(
            "--inbound-mail-domain needs --files-store or PORTICO_FILES_STORE: mailed files are stored there",
        ));
    }
    let gateway =
        Gateway::new(CursorKey::from_secret(secret)).map_err(Failure::new)?.with_answer_cache(caches.answers());
    let listener = listen(options.bind).await?;
    let address = listener.local_addr().map_err(Failure::new)?;
    let private = match options.metrics_bind {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    print_line(format_args!("http://{address}"));
    tracing::info!(%address, "serving");
    let notifier = WorkerNotifier::default();
    let app = App {
        gateway,
        store,
        tiers: caches.tiers(redis, secret),
        clock: Arc::new(Clock::of_server),
        demo_tokens: DemoTokens::Refused,
        origins: options.cors_origins,
        proxies: options.trusted_proxies,
        throttle,
        usage: Usage::default(),
        metrics: Metrics::default(),
        playground: (options.playground == Switch::On).then(Playground::new),
        example_portal: false,
        links: LinkKey::from_secret(secret),
        decision_keys,
        site,
        hosts: Arc::new(hosts.unwrap_or_default()),
        files,
        inbound_mail,
        attempts,
        heavy: HeavyPool::default(),
        wake: notifier.wake(),
    };
    let images = match options.worker {
        Switch::On => options.content.images(&app.store, app.files.store.as_ref(), &app.clock)?,
        Switch::Off => None,
    };
    let files = options.files.store();
    let worker = worker(options.worker, options.retention.retention, files, mail_transport, images, &app, notifier);
    let private = private.map(|listener| serve_privately(listener, app.clone())).transpose()?;
    let usage = app.usage.clone();
    let telling = tokio::spawn({
        let usage = usage.clone();
        async move {
            let mut hours = tokio::time::interval(USAGE_EVERY);
            // The first tick is immediate, when there is nothing to report.
            hours.tick().await;
            loop {
                hours.tick().await;
                usage.log();
            }
        }
    });
    serve(listener, router(app), stop.recv()).await;
    telling.abort();
    if let Some((stop, worker)) = worker {
        let _ = stop.send(());
        let _ = worker.await;
    }
    // Stopped last, so that health checks can see the shutdown.
    if let Some(private) = private {
        private.abort();
    }
    usage.log();
    Ok(())
}

/// The hosts of links. Optional for processes that send no mail.
fn hosts(options: &HostOptions, sends_mail: bool) -> Result<Option<Hosts>, Failure> {
    let hosts = options.hosts()?;
    if hosts.is_none() && sends_mail {
        return Err(Failure::new(
            "--smtp-url needs --config or PORTICO_CONFIG, the file with the host of each region, or for a trial --public-url or \
             PORTICO_PUBLIC_URL: mails contain links",
        ));
    }
    if hosts.is_none() {
        tracing::warn!("no --config: regions have no host, so invitations and links cannot be sent");
    }
    Ok(hosts)
}

/// Checks that each company in the database has a host. A listed company may be created later.
async fn check_companies(store: &Store, hosts: &Hosts) -> Result<(), Failure> {
    let missing = check_hosts(&store.accounts(), hosts).await.map_err(|reason| {
        Failure::new(format_args!("--config or PORTICO_CONFIG does not match the database: {reason}"))
    })?;
    for company in missing {
        tracing::warn!(company, "--config lists a portal host for an unknown company");
    }
    Ok(())
}

/// Starts the worker of this process if enabled. Returns its stop signal and its task.
fn worker(
    wanted: Switch,
    retention: Retention,
    files: &FileStoreOption,
    mail_transport: Option<(Transport, Sender)>,
    images: Option<FileImagesContext>,
    app: &App,
    notifier: WorkerNotifier,
) -> Option<(oneshot::Sender<()>, JoinHandle<()>)> {
    if wanted == Switch::Off {
        return None;
    }
    let (writer, clock) = (app.store.worker(), Arc::clone(&app.clock));
    let worker = worker_with(
        mail_transport,
        (app.links.clone(), app.site.clone(), Some(Arc::clone(&app.hosts))),
        writer,
        &clock,
        notifier,
    );
    let worker = files.with_scans(worker, app.store.worker(), app.files.store.as_ref(), &clock);
    let worker = worker.with_retention(retention).with_files(app.files.store.clone()).with_images(images);
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(worker.run(async move {
        let _ = stopped.await;
    }));
    Some((stop, running))
}

/// Serves metrics and health until the task is aborted.
fn serve_privately(listener: TcpListener, app: App) -> Result<JoinHandle<()>, Failure> {
    let address = listener.local_addr().map_err(Failure::new)?;
    print_line(format_args!("http://{address}/metrics"));
    tracing::info!(%address, "serving metrics");
    Ok(tokio::spawn(serve(listener, private_router(app), std::future::pending())))
}

/// Rejects pools beyond the server's connection limit, which would otherwise fail under load.
async fn check_pool_sizes(store: &Store, sizes: PoolSizes) -> Result<(), Failure> {
    let room = store.connection_limit().await.map_err(Failure::new)?;
    let (total, reader) = (sizes.total(), sizes.reader);
    if i64::try_from(total).is_ok_and(|total| total <= room) {
        return Ok(());
    }
    Err(Failure::new(format_args!(
        "the pools may open {total} connections, but the database accepts {room} (max_connections without the \
         reserved ones): lower --pool-size, which is {reader} for each of four audiences, or raise max_connections"
    )))
}

pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::new(format_args!("cannot listen on {address}: {error}; choose another port")))
}
