//! Connection pools, one per login.

use std::sync::Arc;
use std::time::Instant;

use deadpool::managed::{Manager, Metrics, Object, Pool, PoolError, RecycleError, RecycleResult};
use diesel::connection::CacheSize;
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use portico_core::limits;
use secrecy::{ExposeSecret, SecretString};
use tokio::task::JoinHandle;
use tokio_postgres::Client;

use crate::StoreError;
use crate::address::Address;
use crate::connect::{ConnectError, connect_client, described};
use crate::health::{PoolHealth, WaitCounts};

/// The address of the database, and the owner of its tables.
#[derive(Debug, Clone)]
pub struct Database {
    address: Address,
    login_password: Option<SecretString>,
    statements: Statements,
}

/// Lifetime of prepared statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Statements {
    /// As long as their connection, so that each is parsed and planned once.
    #[default]
    Kept,
    /// Their transaction only: for a pooler that may change the connection between transactions.
    ForOneTransaction,
}

impl Database {
    /// Parses an address: `postgres://owner@host/name`, or `host=.. user=.. dbname=..`.
    ///
    /// # Errors
    ///
    /// Describes what is wrong, without the address itself, which may hold a password.
    pub fn parse(url: &str) -> Result<Self, String> {
        // tokio_postgres would parse it as `host=.. user=..`, and only report a position.
        if let Some((scheme, _)) =
            url.split_once("://").filter(|(scheme, _)| !matches!(*scheme, "postgres" | "postgresql"))
        {
            let is_name =
                scheme.len() <= 20 && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
            let scheme = if is_name { format!("`{scheme}://`") } else { "the scheme".to_owned() };
            return Err(format!("{scheme} is not PostgreSQL; addresses are like postgres://host/name"));
        }
        let mut address = Address::parse(url)?;
        address.config.connect_timeout(limits::CONNECTION).application_name("portico");
        Ok(Self { address, login_password: None, statements: Statements::Kept })
    }

    /// Whether the address has a user or a password. Only the owner's may: Portico's logins have fixed names.
    pub fn has_user(&self) -> bool {
        self.address.config.get_user().is_some() || self.address.config.get_password().is_some()
    }

    /// Sets the password of the gateway's logins; none connects without one.
    #[must_use]
    pub fn with_login_password(mut self, password: Option<SecretString>) -> Self {
        self.login_password = password;
        self
    }

    pub(crate) fn login_password(&self) -> Option<&str> {
        self.login_password.as_ref().map(ExposeSecret::expose_secret)
    }

    /// Sets the lifetime of prepared statements.
    #[must_use]
    pub fn with_statements(mut self, statements: Statements) -> Self {
        self.statements = statements;
        self
    }

    /// Another database of the same server.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.address.config.dbname(name);
        self
    }

    /// Connects as the owner of the tables, for migrations.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the server does not answer or rejects the login.
    pub async fn connect_as_owner(&self) -> Result<AsyncPgConnection, StoreError> {
        let (connection, _driver) = connect(&self.address, self.statements).await?;
        Ok(connection)
    }

    /// Connects as the owner without diesel, which does not support `COPY`.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if the server does not answer or rejects the login.
    pub async fn client_as_owner(&self) -> Result<Client, StoreError> {
        let (client, _driver) = connect_client(&self.address).await?;
        Ok(client)
    }

    pub(crate) fn pool(&self, login: Login, size: usize) -> LoginPool {
        self.named_pool(login.name(), login, size)
    }

    /// Another pool of a login, with its own name.
    pub(crate) fn named_pool(&self, name: &'static str, login: Login, size: usize) -> LoginPool {
        let mut address = self.address.clone();
        address.config.user(login.name());
        if let Some(password) = &self.login_password {
            address.config.password(password.expose_secret());
        }
        let pool = Pool::builder(LoginManager { address, statements: self.statements })
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
    address: &Address,
    statements: Statements,
) -> Result<(AsyncPgConnection, JoinHandle<()>), ConnectError> {
    let (client, driver) = connect_client(address).await?;
    if statements == Statements::Kept {
        return Ok((AsyncPgConnection::try_from(client).await?, driver));
    }
    // diesel prepares statements during setup, which outside a transaction a pooler could run on another server.
    client.batch_execute("BEGIN").await.map_err(|error| described(&error))?;
    let mut connection = AsyncPgConnection::try_from(client).await?;
    connection.set_prepared_statement_cache_size(CacheSize::Disabled);
    connection.batch_execute("COMMIT").await.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
    Ok((connection, driver))
}

/// Logins of the gateway, each with its own privileges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Login {
    /// Reads public data.
    Public,
    /// Reads clients' role views.
    Client,
    /// Reads trade partners' role views.
    Trade,
    /// Reads staff's role views.
    Staff,
    /// Reads support agents' role views.
    Support,
    /// Looks up bearer tokens, and reads the database's version.
    Auth,
    /// Writes one company's rows, for its actions.
    Writer,
    /// Writes accounts, sessions and links, across companies.
    Accounts,
    /// Leases jobs, reads what mails show, expires invitations, and deletes old rows.
    Worker,
    /// Creates companies, support agents and keys, for the operator's commands.
    Operator,
}

impl Login {
    /// Every login.
    pub const ALL: [Self; 10] = [
        Self::Public,
        Self::Client,
        Self::Trade,
        Self::Staff,
        Self::Support,
        Self::Auth,
        Self::Writer,
        Self::Accounts,
        Self::Worker,
        Self::Operator,
    ];

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
            Self::Accounts => "portico_accounts",
            Self::Worker => "portico_worker",
            Self::Operator => "portico_operator",
        }
    }
}

/// Maximum number of connections per login.
#[derive(Debug, Clone, Copy)]
pub struct PoolSizes {
    /// Each of public, client, trade and staff.
    pub reader: usize,
    /// Sign-in.
    pub auth: usize,
    /// Company actions; the same number again for account actions.
    pub writer: usize,
}

impl Default for PoolSizes {
    fn default() -> Self {
        Self { reader: 8, auth: 4, writer: 4 }
    }
}

impl PoolSizes {
    /// Support agents, of whom there are few.
    pub(crate) const SUPPORT: usize = 2;
    /// Public pages: lead forms and mailed links.
    pub(crate) const PAGES: usize = 2;
    /// The worker: the second connection records outcomes while the first one leases jobs.
    pub(crate) const WORKER: usize = 2;

    /// Maximum number of connections of a gateway.
    pub const fn total(&self) -> usize {
        4 * self.reader + Self::SUPPORT + Self::PAGES + Self::WORKER + self.auth + 2 * self.writer
    }
}

/// A pooled connection.
pub(crate) struct LoginConnection {
    pub(crate) connection: AsyncPgConnection,
    /// Whether it has prepared, and keeps, the statement that sets the scope.
    pub(crate) has_prepared_scope: bool,
    /// True during a transaction, so that a connection with an open transaction is never reused.
    pub(crate) is_busy: bool,
    driver: JoinHandle<()>,
}

pub(crate) struct LoginManager {
    address: Address,
    statements: Statements,
}

impl Manager for LoginManager {
    type Type = LoginConnection;
    type Error = ConnectError;

    async fn create(&self) -> Result<LoginConnection, ConnectError> {
        let (connection, driver) = connect(&self.address, self.statements).await?;
        Ok(LoginConnection { connection, has_prepared_scope: false, is_busy: false, driver })
    }

    // Without a round trip: a connection is reusable if its driver runs and its last transaction has ended.
    async fn recycle(&self, connection: &mut LoginConnection, _: &Metrics) -> RecycleResult<ConnectError> {
        if connection.is_busy || connection.driver.is_finished() {
            return Err(RecycleError::message("the connection was lost, or a transaction left open"));
        }
        Ok(())
    }
}

/// A connection that returns to its pool when dropped.
pub(crate) type PooledConnection = Object<LoginManager>;

/// The connection pool of one login.
#[derive(Clone)]
pub(crate) struct LoginPool {
    pool: Pool<LoginManager>,
    name: &'static str,
    waits: Arc<WaitCounts>,
}

impl LoginPool {
    /// Whether its connections keep prepared statements.
    pub(crate) fn keeps_statements(&self) -> bool {
        self.pool.manager().statements == Statements::Kept
    }

    pub(crate) async fn get(&self) -> Result<PooledConnection, StoreError> {
        let started = Instant::now();
        let result = self.pool.get().await;
        self.waits.count(started.elapsed());
        result.map_err(|error| match error {
            PoolError::Timeout(kind) => {
                let limit = limits::CONNECTION.as_secs();
                StoreError::Unavailable(format!("waited {limit} s for a connection ({kind:?})"))
            }
            PoolError::Backend(error) => error.into(),
            other => StoreError::Unavailable(other.to_string()),
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
