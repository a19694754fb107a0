//! The private PostgreSQL and Redis.

use std::fs;
use std::path::Path;

use portico_devstack::{Durability, RedisMode, SearchPath, Stack, StackOptions, StateLocation};
use tokio_postgres::{Client, NoTls};

use crate::failure::{Doing, Failure};

/// Both servers, and their processes.
pub(crate) struct Servers {
    stack: Stack,
    /// The postmaster.
    pub(crate) postgres: u32,
    /// The one process of Redis.
    pub(crate) redis: u32,
}

impl Servers {
    /// Starts them on the data of the last run.
    pub(crate) async fn start(folder: &Path, fresh: bool) -> Result<Self, Failure> {
        let options = StackOptions {
            place: StateLocation::Folder(folder.to_owned()),
            fresh,
            redis: RedisMode::Require,
            // Nothing is written while it is measured, and a world that is lost is made again.
            durability: Durability::Fast,
            search: SearchPath::of_this_machine(),
        };
        let stack = tokio::task::spawn_blocking(move || Stack::start(&options)).await.doing("start the servers")?;
        let stack = stack.doing("start the servers")?;
        let (postgres, redis) = (pid(&stack, "postgres")?, pid(&stack, "redis-server")?);
        Ok(Self { stack, postgres, redis })
    }

    /// How the gateway connects, with logins of its own.
    pub(crate) fn gateway_url(&self, name: &str) -> String {
        let url = self.database_url(name);
        url.split_whitespace().filter(|part| !part.starts_with("user=")).collect::<Vec<_>>().join(" ")
    }

    /// How the owner of the tables connects.
    pub(crate) fn database_url(&self, name: &str) -> String {
        self.stack.database_url(name)
    }

    /// The folder of PostgreSQL's socket.
    pub(crate) fn socket_folder(&self) -> &Path {
        &self.stack.postgres().socket_dir
    }

    pub(crate) fn redis_url(&self) -> Result<String, Failure> {
        self.stack.redis_url().ok_or_else(|| Failure::new("the servers were started without Redis"))
    }

    pub(crate) async fn connect(&self, name: &str) -> Result<Client, Failure> {
        connect(&self.database_url(name)).await
    }
}

/// One connection, driven by a task of its own.
pub(crate) async fn connect(url: &str) -> Result<Client, Failure> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.doing("connect to PostgreSQL")?;
    tokio::spawn(async move {
        // Whoever waits on the connection gets the error.
        let _ = connection.await;
    });
    Ok(client)
}

fn pid(stack: &Stack, program: &str) -> Result<u32, Failure> {
    let path = stack.state_folder().join(format!("{program}.pid"));
    let text = fs::read_to_string(&path).doing(format_args!("read the pid of {program}"))?;
    text.trim().parse().doing(format_args!("read the pid of {program}"))
}
