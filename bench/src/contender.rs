//! Who is measured, and how each is started.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Doing, Failure};
use crate::http::post;
use crate::operations::Operation;
use crate::servers::Servers;
use crate::world::World;

/// How many connections each contender may use for its reads.
const POOL: &str = "8";
/// How long a contender may take to serve.
const START: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);
/// The gateway's secret, which protects nothing here.
const SECRET: &str = "nothing here is secret, and nobody else can come in";

/// What kind of thing is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The gateway, with these settings, and with Redis or without.
    Gateway(&'static [(&'static str, &'static str)], Redis),
    /// PostGraphile, from its folder of the peers.
    PostGraphile,
    /// Mercurius, likewise.
    Mercurius,
    /// This binary, as one of the baselines.
    Floor(&'static str),
}

/// Whether the gateway has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redis {
    With,
    Without,
}

/// One of those who are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Contender {
    /// As it is chosen by.
    pub(crate) name: &'static str,
    /// As the table calls it.
    pub(crate) title: &'static str,
    pub(crate) kind: Kind,
}

const NO_ROWS: (&str, &str) = ("PORTICO_ROW_CACHE_MB", "0");
const NO_ANSWERS: (&str, &str) = ("PORTICO_ANSWER_CACHE_MB", "0");

/// All of them, in the order of the table. The first is the one whose answers all others must give.
pub(crate) const CONTENDERS: [Contender; 9] = [
    Contender { name: "cold", title: "Portico, cold", kind: Kind::Gateway(&[NO_ROWS, NO_ANSWERS], Redis::Without) },
    Contender { name: "redis", title: "Portico, Redis-warm", kind: Kind::Gateway(&[NO_ROWS, NO_ANSWERS], Redis::With) },
    Contender { name: "rows", title: "Portico, row-warm", kind: Kind::Gateway(&[NO_ANSWERS], Redis::Without) },
    Contender { name: "answers", title: "Portico, answer-warm", kind: Kind::Gateway(&[], Redis::With) },
    Contender { name: "postgraphile", title: "PostGraphile 5", kind: Kind::PostGraphile },
    Contender { name: "mercurius", title: "Mercurius with loaders", kind: Kind::Mercurius },
    Contender {
        name: "statement",
        title: "*baseline:* one statement that builds the JSON",
        kind: Kind::Floor("statement"),
    },
    Contender { name: "session", title: "*baseline:* finished bytes and sign-in", kind: Kind::Floor("session") },
    Contender { name: "bytes", title: "*baseline:* finished bytes", kind: Kind::Floor("bytes") },
];

/// What starting a contender takes.
#[derive(Debug, Clone)]
pub(crate) struct Setup {
    /// The gateway's binary.
    pub(crate) portico: PathBuf,
    /// This one.
    pub(crate) bench: PathBuf,
    /// The folder of the peers.
    pub(crate) peers: PathBuf,
    /// The node that runs them.
    pub(crate) node: PathBuf,
    /// Where logs go.
    pub(crate) logs: PathBuf,
    /// Where the finished answers are.
    pub(crate) answers: PathBuf,
}

/// A contender that serves. It is stopped when dropped.
pub(crate) struct Running {
    pub(crate) contender: Contender,
    pub(crate) address: SocketAddr,
    child: Child,
}

impl Contender {
    /// Starts it and waits until it serves.
    pub(crate) async fn start(self, place: &Setup, servers: &Servers, world: &World) -> Result<Running, Failure> {
        let mut command = self.command(place, servers, world)?;
        let log = place.logs.join(format!("{}.log", self.name));
        let output = File::create(&log).doing("create a log")?;
        let errors = output.try_clone().doing("create a log")?;
        command.stdin(Stdio::null()).stdout(output).stderr(errors);
        let child = command.spawn().doing(format_args!("start {}", self.name))?;
        // From here on, whatever goes wrong stops the child.
        let mut running = Running { contender: self, address: SocketAddr::from(([127, 0, 0, 1], 0)), child };
        running.address = running.wait_for_address(&log).await?;
        Ok(running)
    }

    fn command(self, place: &Setup, servers: &Servers, world: &World) -> Result<Command, Failure> {
        let url = servers.database_url(&world.database);
        let command = match self.kind {
            Kind::Gateway(settings, redis) => {
                let mut command = Command::new(&place.portico);
                command
                    .arg("serve")
                    .env("PORTICO_DATABASE_URL", servers.gateway_url(&world.database))
                    .env("PORTICO_SECRET", SECRET)
                    .env("PORTICO_BIND", "127.0.0.1:0")
                    .env("PORTICO_POOL_SIZE", POOL)
                    .env("PORTICO_RATE_LIMIT", "off")
                    // The peers write no line for each request either.
                    .env("PORTICO_LOG", "warn")
                    .env_remove("PORTICO_REDIS_URL")
                    .envs(settings.iter().copied());
                if redis == Redis::With {
                    command.env("PORTICO_REDIS_URL", servers.redis_url()?);
                }
                command
            }
            Kind::PostGraphile => node(place, servers, world, "postgraphile.mjs"),
            Kind::Mercurius => node(place, servers, world, "mercurius.mjs"),
            Kind::Floor(floor) => {
                let mut command = Command::new(&place.bench);
                command.args(["floor", "--kind", floor, "--pool", POOL, "--database-url", &url, "--answers"]);
                command.arg(&place.answers);
                command
            }
        };
        Ok(command)
    }
}

fn node(place: &Setup, servers: &Servers, world: &World, script: &str) -> Command {
    let mut command = Command::new(&place.node);
    command
        .arg(place.peers.join(script))
        .current_dir(&place.peers)
        .env("NODE_ENV", "production")
        // PostGraphile's own switches for production.
        .env("GRAPHILE_ENV", "production")
        .env("PGHOST", servers.socket_folder())
        .env("PGDATABASE", &world.database)
        .env("PGUSER", "portico_client")
        .env("POOL_SIZE", POOL);
    command
}

impl Running {
    /// The request that asks it this.
    pub(crate) fn request(&self, operation: &Operation, world: &World) -> Vec<u8> {
        let caller = operation.caller(world);
        match self.contender.kind {
            Kind::Gateway(..) => post("/graphql", caller.token, &operation.for_gateway(world)),
            // They know nothing of our tokens: the role view looks the hash up.
            Kind::PostGraphile => post("/graphql", &caller.hash, &operation.for_postgraphile(world)),
            Kind::Mercurius => post("/graphql", &caller.hash, &operation.for_mercurius(world)),
            Kind::Floor(_) => post(&operation.floor_path(world), caller.token, "{}"),
        }
    }

    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its resident memory in megabytes, as it is now.
    pub(crate) fn resident(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.pid())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
    }

    /// Each of them says where it serves once it does.
    async fn wait_for_address(&mut self, log: &Path) -> Result<SocketAddr, Failure> {
        let name = self.contender.name;
        let start = Instant::now();
        while start.elapsed() < START {
            let text = fs::read_to_string(log).doing("read a log")?;
            let mut whole = text.lines().take(text.matches('\n').count());
            if let Some(address) = whole.find_map(|line| line.strip_prefix("http://")) {
                return address.trim_end_matches('/').parse().doing(format_args!("read the address of {name}"));
            }
            if let Some(status) = self.child.try_wait().doing(format_args!("wait for {name}"))? {
                return Err(Failure::new(format_args!("{name} ended ({status}):\n{text}")));
            }
            tokio::time::sleep(POLL).await;
        }
        Err(Failure::new(format_args!("{name} does not serve; its log is {}", log.display())))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already, and has nothing to finish.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
