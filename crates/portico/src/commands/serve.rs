//! `portico serve`

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};
use portico::auth::DemoTokens;
use portico::caches::CacheSizes;
use portico::jobs::{JobContext, MailComposer, Worker, WorkerNotifier};
use portico::metrics::Metrics;
use portico::throttle::{RateLimiter, RedisBuckets, Throttle};
use portico::usage::Usage;
use portico::{App, Origins, Playground, Proxies, private_router, router, serve};
use portico_actions::HeavyPool;
use portico_actions::company::check_hosts;
use portico_adapters::mail::{Sender, Transport};
use portico_adapters::redis::RedisConnection;
use portico_core::clock::Clock;
use portico_core::company::Hosts;
use portico_core::people::LinkKey;
use portico_graphql::{CursorKey, Gateway};
use portico_store::{Database, PoolSizes, Store, StoreError};
use secrecy::{ExposeSecret, SecretString};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::hosts::HostOptions;
use super::mail::MailOptions;
use super::stop::StopSignals;
use super::{DatabaseOptions, Failure, Pooler, checked_secret, refuse_unmigrated, say};

/// How often the log tells who asks for what.
const USAGE_EVERY: Duration = Duration::from_secs(3_600);

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    database: DatabaseOptions,
    /// The address to listen on
    #[arg(long, env = "PORTICO_BIND", default_value = "127.0.0.1:8080")]
    bind: SocketAddr,
    /// The address at which /metrics and /health are served apart, for those who run the gateway; nowhere if not given
    #[arg(long, env = "PORTICO_METRICS_BIND", value_name = "ADDRESS")]
    metrics_bind: Option<SocketAddr>,
    /// What cursors and links in mails are made with, at least 32 characters; the same for all gateways of one installation
    // Checked by us: clap's own complaint would repeat it.
    #[arg(long, env = "PORTICO_SECRET", hide_env_values = true)]
    secret: SecretString,
    /// The connections that each audience may use at once
    #[arg(long, env = "PORTICO_POOL_SIZE", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=500))]
    pool_size: u16,
    /// The connections that sign-in may use at once
    #[arg(long, env = "PORTICO_AUTH_POOL_SIZE", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=500))]
    auth_pool_size: u16,
    /// The connections that changes may use at once
    #[arg(long, env = "PORTICO_WRITER_POOL_SIZE", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=500))]
    writer_pool_size: u16,
    /// The web origins whose pages may read answers, separated by commas: https://portal.example.com
    #[arg(long, env = "PORTICO_CORS_ORIGINS", default_value = "")]
    cors_origins: Origins,
    /// The proxies before this gateway, which say in X-Forwarded-For who asks: addresses and networks, separated by commas
    #[arg(long, env = "PORTICO_TRUSTED_PROXIES", default_value = "", value_name = "NETWORKS")]
    trusted_proxies: Proxies,
    /// The Redis that gateways share: redis://host:6379
    // Read by us: clap's own complaint would repeat the password in it.
    #[arg(long, env = "PORTICO_REDIS_URL", hide_env_values = true)]
    redis_url: Option<SecretString>,
    /// How much memory kept rows may take, in MiB; 0 keeps none there
    #[arg(long, env = "PORTICO_ROW_CACHE_MB", default_value_t = CacheSizes::default().rows)]
    row_cache_mb: u32,
    /// How much memory kept answers may take, in MiB; 0 keeps none
    #[arg(long, env = "PORTICO_ANSWER_CACHE_MB", default_value_t = CacheSizes::default().answers)]
    answer_cache_mb: u32,
    /// Whether the playground is served, at `/`
    #[arg(long, env = "PORTICO_PLAYGROUND", value_enum, default_value_t = Switch::On)]
    playground: Switch,
    /// Whether callers' operations are limited by what they cost; off is for benchmarks alone
    #[arg(long, env = "PORTICO_RATE_LIMIT", value_enum, default_value_t = Switch::On)]
    rate_limit: Switch,
    #[command(flatten)]
    hosts: HostOptions,
    #[command(flatten)]
    mail: MailOptions,
    /// Whether this process sends mails; off where `portico worker` does
    #[arg(long, env = "PORTICO_WORKER", value_enum, default_value_t = Switch::On)]
    worker: Switch,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

fn redis_link(url: Option<&SecretString>) -> Result<Option<RedisConnection>, Failure> {
    url.map(|url| RedisConnection::new(url.expose_secret()))
        .transpose()
        .map_err(|_| Failure::new("--redis-url cannot be read; addresses are like redis://host:6379"))
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    let mut stop = StopSignals::listen()?;
    let sizes = PoolSizes {
        reader: options.pool_size.into(),
        auth: options.auth_pool_size.into(),
        writer: options.writer_pool_size.into(),
    };
    let secret = checked_secret(&options.secret)?;
    let site = options.hosts.site()?;
    let way_out = options.mail.way_out()?;
    let hosts = hosts(&options.hosts, way_out.is_some())?;
    let redis = redis_link(options.redis_url.as_ref())?;
    let caches = CacheSizes { rows: options.row_cache_mb, answers: options.answer_cache_mb };
    let throttle = match options.rate_limit {
        Switch::On => Throttle::on(redis.clone().map(RedisBuckets::new)),
        Switch::Off => Throttle::Off,
    };
    let attempts = RateLimiter::new(redis.clone().map(RedisBuckets::new));
    let pooler = options.database.pooler;
    let database = options.database.database()?;
    let store = Store::new(&database, sizes);
    is_ready(&database, &store).await?;
    if pooler == Pooler::None {
        has_room(&store, sizes).await?;
    }
    if let Some(hosts) = &hosts {
        fit(&store, hosts).await?;
    }
    let gateway = Gateway::new(CursorKey::from_secret(secret)).map_err(Failure::new)?.keeping(caches.answers());
    let listener = listen(options.bind).await?;
    let address = listener.local_addr().map_err(Failure::new)?;
    let private = match options.metrics_bind {
        Some(address) => Some(listen(address).await?),
        None => None,
    };
    say(format_args!("http://{address}"));
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
        links: LinkKey::from_secret(secret),
        site,
        hosts: Arc::new(hosts.unwrap_or_default()),
        attempts,
        heavy: HeavyPool::default(),
        wake: notifier.wake(),
    };
    let worker = worker(options.worker, way_out, &app, notifier);
    let private = private.map(|listener| serve_privately(listener, app.clone())).transpose()?;
    let usage = app.usage.clone();
    let telling = tokio::spawn({
        let usage = usage.clone();
        async move {
            let mut hours = tokio::time::interval(USAGE_EVERY);
            // The first one comes at once, when there is nothing to tell.
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
    // Last, so that those who look can see the end.
    if let Some(private) = private {
        private.abort();
    }
    usage.log();
    Ok(())
}

/// The hosts to which links lead. Who sends no mail can do without.
fn hosts(options: &HostOptions, sends_mail: bool) -> Result<Option<Hosts>, Failure> {
    let hosts = options.hosts()?;
    if hosts.is_none() && sends_mail {
        return Err(Failure::new(
            "--smtp-url needs --config, the file that gives each region its host, or --public-url for a trial: mails hold links",
        ));
    }
    if hosts.is_none() {
        tracing::warn!("there is no --config: no region has a host, so that nobody can be invited or sent a link");
    }
    Ok(hosts)
}

/// Whether each company of the database has a host; a company that is listed and not there may come yet.
async fn fit(store: &Store, hosts: &Hosts) -> Result<(), Failure> {
    let missing = check_hosts(&store.writer(), hosts)
        .await
        .map_err(|reason| Failure::new(format_args!("--config does not fit the database: {reason}")))?;
    for company in missing {
        tracing::warn!(company, "--config lists a portal host for an unknown company");
    }
    Ok(())
}

/// Starts the worker of this process, if it is to have one; what stops it, and its end.
fn worker(
    wanted: Switch,
    way_out: Option<(Transport, Sender)>,
    app: &App,
    notifier: WorkerNotifier,
) -> Option<(oneshot::Sender<()>, JoinHandle<()>)> {
    if wanted == Switch::Off {
        return None;
    }
    let Some((transport, sender)) = way_out else {
        tracing::warn!("there is no --smtp-url: mails wait in the database until a worker with one sends them");
        return None;
    };
    let composer = MailComposer { links: app.links.clone(), site: app.site.clone(), sender };
    let context = JobContext { writer: app.store.writer(), composer, transport };
    let worker = Worker::of_gateway(context, Arc::clone(&app.clock), notifier);
    let (stop, stopped) = oneshot::channel();
    let running = tokio::spawn(worker.run(async move {
        let _ = stopped.await;
    }));
    Some((stop, running))
}

/// Serves what is not for callers, until it is aborted.
fn serve_privately(listener: TcpListener, app: App) -> Result<JoinHandle<()>, Failure> {
    let address = listener.local_addr().map_err(Failure::new)?;
    say(format_args!("http://{address}/metrics"));
    tracing::info!(%address, "serving metrics");
    Ok(tokio::spawn(serve(listener, private_router(app), std::future::pending())))
}

/// Pools that the server has no room for would fail under load, long after the start.
async fn has_room(store: &Store, sizes: PoolSizes) -> Result<(), Failure> {
    let room = store.room().await.map_err(Failure::new)?;
    let (total, reader) = (sizes.total(), sizes.reader);
    if i64::try_from(total).is_ok_and(|total| total <= room) {
        return Ok(());
    }
    Err(Failure::new(format_args!(
        "the pools may hold {total} connections, but the database lets in {room} (max_connections less those that are \
         reserved): lower --pool-size, which is {reader} for each of four audiences, or raise max_connections"
    )))
}

/// Looks whether sign-in works, and says what is wrong and what would mend it.
pub(super) async fn is_ready(database: &Database, store: &Store) -> Result<(), Failure> {
    let Err(error) = store.ping().await else { return Ok(()) };
    // The gateway's own logins are made by migrations, so that without them it is not even let in. The owner is.
    refuse_unmigrated(database).await?;
    Err(why_not_ready(&error))
}

fn why_not_ready(error: &StoreError) -> Failure {
    match error {
        StoreError::Failed(text) if text.contains("prepared statement") => Failure::new(format_args!(
            "sign-in does not work ({text}); behind a pooler in transaction mode, --pooler transaction is needed"
        )),
        StoreError::Failed(text) => Failure::new(format_args!(
            "the database answers, but sign-in does not work ({text}); has `portico migrate` been run?"
        )),
        other => Failure::new(other),
    }
}

pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address)
        .await
        .map_err(|error| Failure::new(format_args!("cannot listen on {address}: {error}; choose another port")))
}
