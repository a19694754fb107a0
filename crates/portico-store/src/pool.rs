//! Pools of connections, one for each login.

use std::sync::Arc;
use std::time::Instant;

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult};
use diesel::ConnectionError;
use diesel::connection::CacheSize;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use portico_core::limits;
use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::StoreError;
use crate::connect::{connect_client, described};
use crate::health::{PoolHealth, WaitCounts};

/// Where the database is, and who owns its tables.
#[derive(Debug, Clone)]
pub struct Database {
    config: tokio_postgres::Config,
    login_password: Option<SecretString>,
    statements: Statements,
}

/// Whether a connection keeps the statements that it has prepared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Statements {
    /// As long as it lives, so that each is parsed and planned once.
    #[default]
    Kept,
    /// Only while its transaction lasts: for a pooler that hands each transaction another connection.
    ForOneTransaction,
}

impl Database {
    /// Reads an address: `postgres://owner@host/name`, or `host=.. user=.. dbname=..`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, without the address itself, which may hold a password.
    pub fn parse(url: &str) -> Result<Self, String> {
        // The parser of `host=.. user=..` would only say where it stopped.
        if let Some((scheme, _)) =
            url.split_once("://").filter(|(scheme, _)| !matches!(*scheme, "postgres" | "postgresql"))
        {
            let is_name =
                scheme.len() <= 20 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
            let scheme = if is_name { format!("`{scheme}://`") } else { "what it begins with".to_owned() };
            return Err(format!("{scheme} is not PostgreSQL; addresses are like postgres://owner@host/name"));
        }
        let mut config: tokio_postgres::Config = url.parse().map_err(|error: tokio_postgres::Error| {
            std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string)
        })?;
        if config.get_hosts().is_empty() {
            return Err("it names no host".to_owned());
        }
        config.connect_timeout(limits::CONNECTION).application_name("portico");
        Ok(Self { config, login_password: None, statements: Statements::Kept })
    }

    /// The password of the gateway's own logins; without one they connect without.
    #[must_use]
    pub fn with_login_password(mut self, password: Option<SecretString>) -> Self {
        self.login_password = password;
        self
    }

    pub(crate) fn login_password(&self) -> Option<&str> {
        self.login_password.as_ref().map(ExposeSecret::expose_secret)
    }

    /// With another way of keeping statements.
    #[must_use]
    pub fn with_statements(mut self, statements: Statements) -> Self {
        self.statements = statements;
        self
    }

    /// The same server, another database.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.config.dbname(name);
        self
    }

    /// A connection as the owner of the tables, for migrations.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the server does not answer or refuses the login.
    pub async fn connect_as_owner(&self) -> Result<AsyncPgConnection, StoreError> {
        let (connection, _driver) =
            connect(&self.config, self.statements).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(connection)
    }

    /// The same without diesel, which does not know `COPY`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when the server does not answer or refuses the login.
    pub async fn client_as_owner(&self) -> Result<Client, StoreError> {
        let (client, _driver) =
            connect_client(&self.config).await.map_err(|error| StoreError::Unavailable(error.to_string()))?;
        Ok(client)
    }

    pub(crate) fn pool(&self, login: Login, size: usize) -> LoginPool {
        self.named_pool(login.name(), login, size)
    }

    /// The same under a name of its own, where a login has several.
    pub(crate) fn named_pool(&self, name: &'static str, login: Login, size: usize) -> LoginPool {
        let mut config = self.config.clone();
        config.user(login.name());
        if let Some(password) = &self.login_password {
            config.password(password.expose_secret());
        }
        let pool = Pool::builder(LoginManager { config, statements: self.statements })
            .max_size(size)
            .wait_timeout(Some(limits::CONNECTION))
            .create_timeout(Some(limits::CONNECTION))
            .runtime(deadpool::Runtime::Tokio1)
            .build()
            .expect("a pool with a runtime can be built");
        LoginPool { pool, name, waits: Arc::default() }
    }
}

async fn connect(
    config: &tokio_postgres::Config,
    statements: Statements,
) -> Result<(AsyncPgConnection, JoinHandle<()>), ConnectionError> {
    let (client, driver) = connect_client(config).await?;
    if statements == Statements::Kept {
        return Ok((AsyncPgConnection::try_from(client).await?, driver));
    }
    // diesel prepares statements to set a connection up, which without a transaction would be another server's to run.
    client.batch_execute("BEGIN").await.map_err(|error| described(&error))?;
    let mut connection = AsyncPgConnection::try_from(client).await?;
    connection.set_prepared_statement_cache_size(CacheSize::Disabled);
    connection.batch_execute("COMMIT").await.map_err(ConnectionError::CouldntSetupConfiguration)?;
    Ok((connection, driver))
}

/// The gateway's logins, each with rights of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// Sees what anybody may.
    Public,
    /// Sees clients' role views.
    Client,
    /// Sees trade partners' role views.
    Trade,
    /// Sees staff's role views.
    Staff,
    /// Sees the role view of the platform's support.
    Support,
    /// Looks up bearer tokens, and nothing else.
    Auth,
    /// Writes the tables, for actions.
    Writer,
}

impl Login {
    /// Every login.
    pub const ALL: [Self; 7] =
        [Self::Public, Self::Client, Self::Trade, Self::Staff, Self::Support, Self::Auth, Self::Writer];

    /// The role's name in PostgreSQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "portico_public",
            Self::Client => "portico_client",
            Self::Trade => "portico_trade",
            Self::Staff => "portico_staff",
            Self::Support => "portico_support",
            Self::Auth => "portico_auth",
            Self::Writer => "portico_writer",
        }
    }
}

/// How many connections each login may hold.
#[derive(Debug, Clone, Copy)]
pub struct PoolSizes {
    /// For each of public, client, trade and staff.
    pub reader: usize,
    /// For sign-in.
    pub auth: usize,
    /// For actions.
    pub writer: usize,
}

impl Default for PoolSizes {
    fn default() -> Self {
        Self { reader: 8, auth: 4, writer: 4 }
    }
}

impl PoolSizes {
    /// For support, of whom there are few.
    pub(crate) const SUPPORT: usize = 2;
    /// For pages that anybody may open: lead forms and mailed links.
    pub(crate) const PAGES: usize = 2;

    /// All connections that a gateway may hold at once.
    pub const fn total(&self) -> usize {
        4 * self.reader + Self::SUPPORT + Self::PAGES + self.auth + self.writer
    }
}

/// A connection.
pub(crate) struct LoginConnection {
    pub(crate) connection: AsyncPgConnection,
    /// Whether it has prepared the statement that sets a scope, and keeps it.
    pub(crate) knows_scope: bool,
    /// Set while a transaction is under way, so that one which nobody ended is never handed on.
    pub(crate) is_busy: bool,
    driver: JoinHandle<()>,
}

pub(crate) struct LoginManager {
    config: tokio_postgres::Config,
    statements: Statements,
}

impl Manager for LoginManager {
    type Type = LoginConnection;
    type Error = ConnectionError;

    async fn create(&self) -> Result<LoginConnection, ConnectionError> {
        let (connection, driver) = connect(&self.config, self.statements).await?;
        Ok(LoginConnection { connection, knows_scope: false, is_busy: false, driver })
    }

    // No round trip: a connection is good if its driver still runs and its last transaction was ended.
    async fn recycle(&self, connection: &mut LoginConnection, _: &Metrics) -> RecycleResult<ConnectionError> {
        if connection.is_busy || connection.driver.is_finished() {
            return Err(RecycleError::message("the connection was lost, or a transaction left open"));
        }
        Ok(())
    }
}

/// A connection that goes back to its pool.
pub(crate) type PooledConnection = Object<LoginManager>;

/// The pool of one login.
#[derive(Clone)]
pub(crate) struct LoginPool {
    pool: Pool<LoginManager>,
    name: &'static str,
    waits: Arc<WaitCounts>,
}

impl LoginPool {
    /// Whether its connections keep the statements that they have prepared.
    pub(crate) fn keeps_statements(&self) -> bool {
        self.pool.manager().statements == Statements::Kept
    }

    pub(crate) async fn get(&self) -> Result<PooledConnection, StoreError> {
        let started = Instant::now();
        let got = self.pool.get().await;
        self.waits.count(started.elapsed());
        got.map_err(|error| {
            StoreError::Unavailable(match error {
                PoolError::Timeout(kind) => {
                    format!("waited {} s for a connection ({kind:?})", limits::CONNECTION.as_secs())
                }
                other => other.to_string(),
            })
        })
    }

    pub(crate) fn health(&self) -> PoolHealth {
        let status = self.pool.status();
        PoolHealth {
            login: self.name,
            limit: status.max_size,
            open: status.size,
            in_use: status.size.saturating_sub(status.available),
            waiting: status.waiting,
            waits: self.waits.read(),
        }
    }
}
