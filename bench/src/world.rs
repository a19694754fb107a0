//! The world that is measured in: seeded once for each size, with two clients of our own.

use std::path::Path;
use std::process::{Command, Stdio};

use portico_core::id::{GlobalId, Tag};
use portico_core::sessions::TokenHash;
use tokio_postgres::Client;
use uuid::Uuid;

use crate::failure::{Doing, Failure};
use crate::say;
use crate::servers::Servers;

/// How many projects the second client has.
pub(crate) const PROJECTS_OF_LIST: i64 = 20;

/// Callers by the tokens that they send. The server is private, and so are they.
const DASHBOARD: &str = "bench-dashboard";
const LIST: &str = "bench-list";

/// A seeded database, and who asks.
#[derive(Debug, Clone)]
pub(crate) struct World {
    /// The database's name on the private server.
    pub(crate) database: String,
    /// The project of the first client, as its UUID.
    pub(crate) project: String,
    /// The same as callers of the gateway name it.
    pub(crate) project_id: String,
    /// A client of that project alone.
    pub(crate) of_one: Caller,
    /// A client of twenty projects.
    pub(crate) of_many: Caller,
}

/// A token and its hash.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// What the gateway is sent.
    pub(crate) token: &'static str,
    /// What the role views know it by.
    pub(crate) hash: String,
}

impl Caller {
    fn of(token: &'static str) -> Self {
        Self { token, hash: TokenHash::of(token).as_str().to_owned() }
    }
}

/// Migrates the database, seeds it if it is empty, and puts the callers in.
pub(crate) async fn prepare(servers: &Servers, portico: &Path, projects: u32) -> Result<World, Failure> {
    // One for each size, so that sizes can be compared without seeding them again.
    let database = format!("bench_{projects}");
    create(&servers.connect("postgres").await?, &database).await?;
    let url = servers.database_url(&database);
    portico_command(portico, &url, &["migrate"]).await?;
    let client = servers.connect(&database).await?;
    let is_empty =
        !client.query_one("select exists (select from companies)", &[]).await.doing("look")?.get::<_, bool>(0);
    if is_empty {
        say(format_args!("seeding {projects} projects, once"));
        portico_command(portico, &url, &["seed", "--projects", &projects.to_string()]).await?;
        // Reads would otherwise do the writes that are left over from the load, at the expense of the first contender.
        client.batch_execute("vacuum (analyze)").await.doing("vacuum")?;
    }
    let (of_one, of_many) = (Caller::of(DASHBOARD), Caller::of(LIST));
    put_client(&client, &of_one, 1).await?;
    put_client(&client, &of_many, PROJECTS_OF_LIST).await?;
    client.batch_execute("analyze").await.doing("analyze")?;
    let row = client.query_one(PROJECT_OF_CLIENT, &[&of_one.hash]).await.doing("find the client's project")?;
    let project: String = row.get(0);
    let uuid = Uuid::parse_str(&project).doing("read the project's id")?;
    let project_id = GlobalId::new(Tag::PROJECT, uuid).to_string();
    Ok(World { database, project, project_id, of_one, of_many })
}

async fn create(maintenance: &Client, database: &str) -> Result<(), Failure> {
    let known = "select exists (select from pg_database where datname = $1)";
    if !maintenance.query_one(known, &[&database]).await.doing("look for the database")?.get::<_, bool>(0) {
        maintenance.batch_execute(&format!("create database {database}")).await.doing("create the database")?;
    }
    Ok(())
}

/// Runs a command of the gateway's binary to its end.
async fn portico_command(portico: &Path, url: &str, arguments: &[&str]) -> Result<(), Failure> {
    let mut command = Command::new(portico);
    command.args(arguments).env("PORTICO_OWNER_URL", url).env("PORTICO_LOG", "warn").stdin(Stdio::null());
    // Standard output is the table's.
    command.stdout(Stdio::null());
    let what = format!("portico {}", arguments.join(" "));
    let mut child = command.spawn().doing(&what)?;
    let status = tokio::task::spawn_blocking(move || child.wait()).await.doing(&what)?.doing(&what)?;
    if status.success() { Ok(()) } else { Err(Failure::new(format_args!("{what}: {status}"))) }
}

/// Active projects of ordinary size with everything switched on, in an order that stays.
const PROJECTS: &str = include_str!("sql/projects.sql");
/// A client of so many of them. Running it again changes nothing.
const CLIENT: &str = include_str!("sql/client.sql");
const PROJECT_OF_CLIENT: &str = "select m.project_id::text \
    from project_memberships m join sessions s on s.identity_id = m.identity_id where s.token_hash = $1";

async fn put_client(client: &Client, caller: &Caller, projects: i64) -> Result<(), Failure> {
    let chosen: Vec<String> =
        client.query(PROJECTS, &[&projects]).await.doing("choose projects")?.iter().map(|row| row.get(0)).collect();
    if chosen.len() as i64 != projects {
        return Err(Failure::new(format_args!("the world has {} projects fit for it, not {projects}", chosen.len())));
    }
    client.execute(CLIENT, &[&caller.token, &caller.hash, &chosen]).await.doing("add a client")?;
    Ok(())
}
