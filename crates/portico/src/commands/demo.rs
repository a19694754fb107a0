//! `portico demo`

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::Bytes;
use clap::Args;
use portico::auth::DemoTokens;
use portico::caches::CacheSizes;
use portico::config::Config;
use portico::inbound_mail::InboundMail;
use portico::jobs::{JobContext, MailComposer, Worker, WorkerNotifier};
use portico::metrics::Metrics;
use portico::throttle::{RateLimiter, RedisBuckets, Throttle};
use portico::usage::Usage;
use portico::{App, DEMO_CLIENT, Files, Origins, Playground, Proxies, demo_router, serve};
use portico_actions::HeavyPool;
use portico_adapters::mail::{MailFolder, Sender, Transport};
use portico_adapters::redis::RedisConnection;
use portico_core::clock::Clock;
use portico_core::files::limits::FileLimits;
use portico_core::links::{LinkKey, LinkSite};
use portico_devstack::{Stack, StackOptions, StateLocation};
use portico_fixtures::demo_decision_keys;
use portico_fixtures::world::{self, World};
use portico_graphql::{CursorKey, Gateway};
use portico_store::{Database, PoolSizes, Store, migrate};

use tokio::sync::oneshot;

use super::content::ContentOption;
use super::serve::listen;
use super::stop::StopSignals;
use super::{Failure, demo_state, print_line};

/// Name of the demo's database.
const DATABASE: &str = "portico";
/// Sender address of its mail.
const SENDER: &str = "portal@portico.example";

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The port to listen on, on the loopback interface only; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Delete the data of an earlier demo first
    #[arg(long)]
    fresh: bool,
    /// The web origins whose pages may read answers, separated by commas; http://localhost is allowed on every port
    #[arg(long, env = "PORTICO_CORS_ORIGINS", default_value = "")]
    cors_origins: Origins,
    /// Data folder [default: /var/tmp/portico-UID/demo]
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    // Listens before the start, so that a signal stops everything that was started.
    let mut stop = StopSignals::listen()?;
    let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await?;
    let address = listener.local_addr().map_err(Failure::new)?;

    let mut wishes = StackOptions::demo();
    wishes.fresh = options.fresh;
    if let Some(folder) = options.state {
        wishes.place = StateLocation::Folder(folder);
    }
    let (fresh, origins) = (options.fresh, options.cors_origins.with_localhost());
    let stack = tokio::task::spawn_blocking(move || Stack::start(&wishes)).await.map_err(Failure::new)?;
    let stack = stack.map_err(Failure::new)?;
    let prepared = tokio::select! {
        prepared = prepare(&stack, address, fresh, origins) => Some(prepared),
        () = stop.recv() => None,
    };
    let outcome = match prepared {
        Some(Ok(prepared)) => {
            print_line(banner(address, &prepared.world, &stack));
            let (stop_worker, stopped) = oneshot::channel::<()>();
            let worker = tokio::spawn(prepared.worker.run(async move {
                let _ = stopped.await;
            }));
            serve(listener, demo_router(prepared.app, prepared.mail), stop.recv()).await;
            drop(stop_worker);
            let _ = worker.await;
            Ok(())
        }
        Some(Err(failure)) => Err(failure),
        None => Ok(()),
    };
    tokio::task::spawn_blocking(move || stack.stop()).await.map_err(Failure::new)?;
    outcome
}

/// A demo that is ready to serve.
struct Prepared {
    app: App,
    world: World,
    worker: Worker,
    mail: MailFolder,
}

async fn prepare(stack: &Stack, address: SocketAddr, fresh: bool, origins: Origins) -> Result<Prepared, Failure> {
    let state = stack.state_folder();
    if fresh {
        demo_state::forget(state)?;
    }
    let secret = demo_state::secret(state)?;
    let mail = demo_state::mail(state).await?;
    let database = |name: &str| Database::parse(&stack.database_url(name)).map_err(Failure::new);
    migrate::create_database(&database("postgres")?, DATABASE).await.map_err(Failure::new)?;
    let database = database(DATABASE)?;
    migrate::migrate(&database).await.map_err(Failure::new)?;
    let world = World::demo().map_err(Failure::new)?;
    let files = demo_state::files(state).await?;
    let sizes = CacheSizes::default();
    let store = Store::new(&database, PoolSizes::default());
    // Before there are rows that refer to it: from then on, another folder is refused.
    super::files::claim(&files, &store).await?;
    if world::is_empty(&database).await.map_err(Failure::new)? {
        // The bytes first: what can be read can be downloaded.
        for (id, bytes) in world.objects() {
            files.put(*id, vec![Bytes::from_static(bytes)]).await.map_err(Failure::new)?;
        }
        world.load_into(&database).await.map_err(Failure::new)?;
    }
    let gateway =
        Gateway::new(CursorKey::from_secret(&secret)).map_err(Failure::new)?.with_answer_cache(sizes.answers());
    let redis = stack.redis_url().map(|url| RedisConnection::new(&url)).transpose().map_err(Failure::new)?;
    let playground = Some(Playground::for_demo(&world));
    let notifier = WorkerNotifier::default();
    let attempts = RateLimiter::new(redis.clone().map(RedisBuckets::new));
    let app = App {
        gateway,
        store,
        tiers: sizes.tiers(redis.clone(), &secret),
        clock: Arc::new(Clock::of_server),
        demo_tokens: DemoTokens::Known,
        origins,
        proxies: Proxies::default(),
        throttle: Throttle::on(redis.clone().map(RedisBuckets::new)),
        usage: Usage::default(),
        metrics: Metrics::default(),
        playground,
        example_portal: true,
        links: LinkKey::from_secret(&secret),
        decision_keys: demo_decision_keys(),
        site: LinkSite::At(format!("http://{address}")),
        hosts: Arc::new(Config::demo().map_err(Failure::new)?.hosts),
        files: Files::new(Some(files), super::files::links(&secret, None), FileLimits::default()),
        inbound_mail: Some(InboundMail::for_demo().map_err(Failure::new)?),
        attempts,
        heavy: HeavyPool::default(),
        wake: notifier.wake(),
    };
    let worker = worker(&app, notifier, &mail)?;
    Ok(Prepared { app, world, worker, mail })
}

/// Creates the worker, which delivers mail to the folder.
fn worker(app: &App, notifier: WorkerNotifier, mail: &MailFolder) -> Result<Worker, Failure> {
    let sender = Sender::parse(SENDER).map_err(Failure::new)?;
    let composer = MailComposer { links: app.links.clone(), site: app.site.clone(), sender };
    let transport = Transport::Folder(mail.clone());
    let context = JobContext { writer: app.store.worker(), composer, transport, hosts: Some(Arc::clone(&app.hosts)) };
    let images = ContentOption::default_images(&app.store, app.files.store.as_ref(), &app.clock)?;
    let worker = Worker::of_gateway(context, Arc::clone(&app.clock), notifier);
    Ok(worker.with_files(app.files.store.clone()).with_images(images))
}

fn banner(address: SocketAddr, world: &World, stack: &Stack) -> String {
    let (person, email) = DEMO_CLIENT;
    let mut lines = vec![
        format!("Portico demo at http://{address}"),
        String::new(),
        format!("  Portal      http://{address}/portal: a client portal, for example"),
        format!("              Sign in as {person}, {email}. No email leaves this machine:"),
        format!("              the code is in the newest email at http://{address}/dev/mail"),
        String::new(),
        format!("  Playground  http://{address}/"),
        format!("  GraphQL     http://{address}/graphql, by POST"),
        format!("  Metrics     http://{address}/metrics"),
        format!("  Mail        http://{address}/dev/mail"),
        "  Tokens      in the header `Authorization: Bearer <token>`; each token has its own schema:".to_owned(),
        String::new(),
    ];
    lines.extend(
        world.tokens_of_roles().map(|token| format!("    {:<16} {}, {}", token.token, token.person, token.about)),
    );
    lines.push(String::new());
    lines.push(format!(
        "  Data is kept in {}; `--fresh` starts over. Ctrl-C stops the demo.",
        stack.state_folder().display()
    ));
    lines.join("\n")
}
