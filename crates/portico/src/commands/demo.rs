//! `portico demo`

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use portico::auth::DemoTokens;
use portico::caches::CacheSizes;
use portico::metrics::Metrics;
use portico::throttle::{RedisBuckets, Throttle};
use portico::usage::Usage;
use portico::{App, Origins, Playground, demo_router, serve};
use portico_core::clock::Clock;
use portico_devstack::{Place, Stack, StackOptions};
use portico_graphql::{CursorKey, Gateway};
use portico_loader::RedisLink;
use portico_store::world::{self, World};
use portico_store::{Database, PoolSizes, Store, migrate};

use super::serve::listen;
use super::stop::StopSignals;
use super::{Failure, say};

/// The demo's database.
const DATABASE: &str = "portico";

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The port to listen on, on this machine alone; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Forget what an earlier demo left behind
    #[arg(long)]
    fresh: bool,
    /// The folder that the demo keeps its database in, instead of one of its own
    #[arg(long, value_name = "FOLDER")]
    state: Option<PathBuf>,
}

pub(super) async fn run(options: Options) -> Result<(), Failure> {
    // From before the start, so that whatever has been started is stopped as well.
    let mut stop = StopSignals::listen()?;
    let listener = listen(SocketAddr::from((Ipv4Addr::LOCALHOST, options.port))).await?;
    let address = listener.local_addr().map_err(Failure::new)?;

    let mut wishes = StackOptions::demo();
    wishes.fresh = options.fresh;
    if let Some(folder) = options.state {
        wishes.place = Place::Folder(folder);
    }
    let stack = tokio::task::spawn_blocking(move || Stack::start(&wishes)).await.map_err(Failure::new)?;
    let stack = stack.map_err(Failure::new)?;
    let prepared = tokio::select! {
        prepared = prepare(&stack) => Some(prepared),
        () = stop.recv() => None,
    };
    let outcome = match prepared {
        Some(Ok((app, world))) => {
            say(banner(address, &world, &stack));
            serve(listener, demo_router(app), stop.recv()).await;
            Ok(())
        }
        Some(Err(failure)) => Err(failure),
        None => Ok(()),
    };
    tokio::task::spawn_blocking(move || stack.stop()).await.map_err(Failure::new)?;
    outcome
}

async fn prepare(stack: &Stack) -> Result<(App, World), Failure> {
    let database = |name: &str| Database::parse(&stack.database_url(name)).map_err(Failure::new);
    migrate::create_database(&database("postgres")?, DATABASE).await.map_err(Failure::new)?;
    let database = database(DATABASE)?;
    migrate::migrate(&database).await.map_err(Failure::new)?;
    let world = World::demo().map_err(Failure::new)?;
    if world::is_empty(&database).await.map_err(Failure::new)? {
        world.load_into(&database).await.map_err(Failure::new)?;
    }
    let mut secret = [0; 32];
    getrandom::fill(&mut secret).map_err(Failure::new)?;
    let sizes = CacheSizes::default();
    let gateway = Gateway::new(CursorKey::from_secret(&secret)).map_err(Failure::new)?.keeping(sizes.answers());
    let store = Store::new(&database, PoolSizes::default());
    let redis = stack.redis_url().map(|url| RedisLink::new(&url)).transpose().map_err(Failure::new)?;
    let playground = Some(Playground::for_demo(&world));
    let app = App {
        gateway,
        store,
        tiers: sizes.tiers(redis.clone(), &secret),
        clock: Arc::new(Clock::of_server),
        demo_tokens: DemoTokens::Known,
        origins: Origins::default(),
        throttle: Throttle::on(redis.map(RedisBuckets::new)),
        usage: Usage::default(),
        metrics: Metrics::default(),
        playground,
    };
    Ok((app, world))
}

fn banner(address: SocketAddr, world: &World, stack: &Stack) -> String {
    let mut lines = vec![
        format!("Portico serves a demo at http://{address}"),
        String::new(),
        format!("  Playground  http://{address}/"),
        format!("  GraphQL     http://{address}/graphql, by POST"),
        format!("  Metrics     http://{address}/metrics"),
        "  Tokens      in the header `Authorization: Bearer <token>`; each sees a schema of its own:".to_owned(),
        String::new(),
    ];
    lines.extend(
        world.tokens_of_roles().map(|token| format!("    {:<16} {}, {}", token.token, token.person, token.about)),
    );
    lines.push(String::new());
    lines.push(format!(
        "  Data is kept in {}; `--fresh` starts over. Ctrl-C stops it all.",
        stack.state_folder().display()
    ));
    lines.join("\n")
}
