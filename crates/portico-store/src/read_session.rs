//! Reads through the role view of the viewer's audience, scoped by the viewer's session.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::pg::Pg;
use diesel::query_builder::{QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel_async::methods::LoadQuery;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use portico_core::access::{Audience, Viewer};
use portico_core::id::{CompanyId, IdentityId};
use portico_core::sessions::TokenHash;
use quick_cache::sync::Cache;
use tokio::sync::OnceCell;

use crate::pool::{Database, Login, LoginPool, PoolSizes, PooledConnection};
use crate::{StoreError, Writer};

diesel::define_sql_function! {
    /// PostgreSQL's `set_config(setting, value, is_local)`.
    fn set_config(setting: Text, value: Text, is_local: Bool) -> Text;
}

/// Logins by audience. The gateway uses the default; tests replace some to disable an access layer.
#[derive(Debug, Clone, Copy)]
pub struct RoleLogins {
    /// For callers without a session.
    pub public: Login,
    /// For clients.
    pub client: Login,
    /// For trade partners.
    pub trade: Login,
    /// For staff and API keys.
    pub staff: Login,
    /// For support agents.
    pub support: Login,
}

impl Default for RoleLogins {
    fn default() -> Self {
        Self {
            public: Login::Public,
            client: Login::Client,
            trade: Login::Trade,
            staff: Login::Staff,
            support: Login::Support,
        }
    }
}

/// The database, through its connection pools.
#[derive(Clone)]
pub struct Store {
    public: LoginPool,
    client: LoginPool,
    trade: LoginPool,
    staff: LoginPool,
    support: LoginPool,
    auth: LoginPool,
    writer: LoginPool,
    accounts: LoginPool,
    pages: LoginPool,
    worker: LoginPool,
    /// Tokens known to belong to outsiders, whose sign-in is cheaper. The database still verifies them.
    outsiders: Arc<Cache<TokenHash, ()>>,
}

/// Maximum number of known tokens.
const KNOWN_TOKENS: usize = 50_000;

impl Store {
    /// Creates the pools. They connect when first used.
    pub fn new(database: &Database, sizes: PoolSizes) -> Self {
        Self::with_logins(database, sizes, RoleLogins::default())
    }

    /// Creates the pools with other logins.
    pub fn with_logins(database: &Database, sizes: PoolSizes, logins: RoleLogins) -> Self {
        let reader = |login| database.pool(login, sizes.reader);
        Self {
            public: reader(logins.public),
            client: reader(logins.client),
            trade: reader(logins.trade),
            staff: reader(logins.staff),
            support: database.pool(logins.support, PoolSizes::SUPPORT),
            auth: database.pool(Login::Auth, sizes.auth),
            writer: database.pool(Login::Writer, sizes.writer),
            accounts: database.pool(Login::Accounts, sizes.writer),
            pages: database.named_pool("portico_accounts (pages)", Login::Accounts, PoolSizes::PAGES),
            worker: database.pool(Login::Worker, PoolSizes::WORKER),
            outsiders: Arc::new(Cache::new(KNOWN_TOKENS)),
        }
    }

    /// Opens a read session for a viewer: the only way to read.
    pub fn read_as(&self, viewer: &Arc<Viewer>) -> ReadSession {
        let pool = match viewer.audience() {
            Audience::Public => &self.public,
            Audience::Client => &self.client,
            Audience::Trade => &self.trade,
            Audience::Staff => &self.staff,
            Audience::Support => &self.support,
        };
        ReadSession::new(pool.clone(), Arc::clone(viewer), Arc::default())
    }

    /// Write access to one company's rows, and to the idempotency keys of one person. PostgreSQL hides all others; without a
    /// company, the rows of every company.
    pub fn writer(&self, company: Option<CompanyId>, person: Option<IdentityId>) -> Writer {
        Writer::scoped(self.writer.clone(), company, person)
    }

    /// Write access to accounts, sessions and links, of people who may have several companies or none.
    pub fn accounts(&self) -> Writer {
        Writer::new(self.accounts.clone())
    }

    /// Access of the worker: jobs, what mails show, invitations that expire, and old rows.
    pub fn worker(&self) -> Writer {
        Writer::new(self.worker.clone())
    }

    /// Write access for the operator's commands, which no gateway or worker has.
    pub fn operator(database: &Database) -> Writer {
        Writer::new(database.pool(Login::Operator, 1))
    }

    /// Read-only transactions for public pages, on their own connections, so that visitors and changes do not wait for
    /// each other.
    pub fn pages(&self) -> Writer {
        Writer::read_only(self.pages.clone())
    }

    pub(crate) fn auth(&self) -> &LoginPool {
        &self.auth
    }

    pub(crate) fn all_pools(&self) -> [&LoginPool; 10] {
        let Self { public, client, trade, staff, support, auth, writer, accounts, pages, worker, .. } = self;
        [public, client, trade, staff, support, auth, writer, accounts, pages, worker]
    }

    pub(crate) fn outsiders(&self) -> &Cache<TokenHash, ()> {
        &self.outsiders
    }
}

/// Reads as one viewer. All reads of a session and its clones are from one snapshot, so that a response never mixes two
/// states.
#[derive(Clone)]
pub struct ReadSession {
    shared: Arc<SharedSession>,
}

struct SharedSession {
    pool: LoginPool,
    viewer: Arc<Viewer>,
    snapshot: OnceCell<Snapshot>,
    has_failed: AtomicBool,
    usage: Arc<RequestUsage>,
}

/// Database usage of a request.
#[derive(Debug, Default)]
struct RequestUsage {
    statements: AtomicU64,
    waited: AtomicU64,
}

impl ReadSession {
    fn new(pool: LoginPool, viewer: Arc<Viewer>, usage: Arc<RequestUsage>) -> Self {
        let (snapshot, has_failed) = (OnceCell::new(), AtomicBool::new(false));
        Self { shared: Arc::new(SharedSession { pool, viewer, snapshot, has_failed, usage }) }
    }

    /// The viewer.
    pub fn viewer(&self) -> &Viewer {
        &self.shared.viewer
    }

    /// The viewer, as a shared pointer.
    pub fn shared_viewer(&self) -> Arc<Viewer> {
        Arc::clone(&self.shared.viewer)
    }

    /// Number of statements sent for this request.
    pub fn statements(&self) -> u64 {
        AtomicU64::load(&self.shared.usage.statements, Ordering::Relaxed)
    }

    /// Time that this request has waited for connections.
    pub fn waited(&self) -> Duration {
        Duration::from_nanos(AtomicU64::load(&self.shared.usage.waited, Ordering::Relaxed))
    }

    /// Whether a statement has failed. PostgreSQL then rejects all further statements of the snapshot.
    pub fn has_failed(&self) -> bool {
        AtomicBool::load(&self.shared.has_failed, Ordering::Relaxed)
    }

    /// Creates a session of the same viewer with a new, later snapshot.
    #[must_use]
    pub fn in_new_snapshot(&self) -> Self {
        let shared = &self.shared;
        Self::new(shared.pool.clone(), Arc::clone(&shared.viewer), Arc::clone(&shared.usage))
    }

    /// Creates a session that adds its usage to that of an earlier one of the same request.
    #[must_use]
    pub fn continuing(&self, earlier: &Self) -> Self {
        let shared = &self.shared;
        Self::new(shared.pool.clone(), Arc::clone(&shared.viewer), Arc::clone(&earlier.shared.usage))
    }

    /// Releases the connection, if there is one. The session cannot read afterwards.
    pub fn close(&self) {
        if let Some(snapshot) = self.shared.snapshot.get() {
            snapshot.close();
        }
    }

    /// Sets portal settings to preview, until the end of the snapshot.
    pub(crate) fn suppose(&self, settings: String) -> BoxFuture<'static, Result<Vec<String>, StoreError>> {
        self.load(diesel::select(set_config("portico.supposed", settings, true)))
    }

    /// Runs one query in the viewer's snapshot, which the first query opens.
    pub(crate) fn load<Q, R>(&self, query: Q) -> BoxFuture<'static, Result<Vec<R>, StoreError>>
    where
        Q: QueryFragment<Pg> + QueryId + for<'a> LoadQuery<'static, &'a AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        self.shared.usage.statements.fetch_add(1, Ordering::Relaxed);
        let shared = Arc::clone(&self.shared);
        let keeps_statements = shared.pool.keeps_statements();
        let reading = async move {
            let result = shared.read(query).await;
            if result.is_err() {
                shared.has_failed.store(true, Ordering::Relaxed);
            }
            result
        }
        .boxed();
        if keeps_statements { reading } else { run_to_end(reading).boxed() }
    }
}

/// Runs a task to completion even if its caller is canceled.
///
/// The last step of a read deallocates its prepared statement. One that is left on a pooler's connection would collide
/// with a statement of the same name of the next user.
pub(crate) async fn run_to_end<T: Send + 'static>(
    task: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::spawn(task).await.unwrap_or_else(|error| Err(StoreError::Failed(error.to_string())))
}

impl SharedSession {
    async fn read<Q, R>(&self, query: Q) -> Result<Vec<R>, StoreError>
    where
        Q: QueryFragment<Pg> + QueryId + for<'a> LoadQuery<'static, &'a AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        let snapshot = self.snapshot.get_or_try_init(|| self.open()).await?;
        let connection = snapshot.connection()?;
        let rows = query.load(&mut &connection.connection).await;
        // PostgreSQL answers in order, so the opening has finished by now.
        snapshot.opening.clone().await?;
        Ok(rows?)
    }

    async fn open(&self) -> Result<Snapshot, StoreError> {
        let started = Instant::now();
        let connection = self.pool.get().await;
        let waited = started.elapsed().as_nanos().try_into().unwrap_or(u64::MAX);
        self.usage.waited.fetch_add(waited, Ordering::Relaxed);
        let mut connection = connection?;
        connection.is_busy = true;
        // A statement that has to be prepared first would be overtaken by the following ones.
        let can_be_pipelined = std::mem::replace(&mut connection.has_prepared_scope, self.pool.keeps_statements());
        let session = self.viewer.session.as_ref().map_or("", TokenHash::as_str).to_owned();
        let connection = Arc::new(connection);
        let opening = tokio::task::unconstrained(open(Arc::clone(&connection), session)).boxed().shared();
        if can_be_pipelined {
            // Sent without waiting: the first query follows at once.
            let _ = futures_util::poll!(opening.clone());
        } else {
            opening.clone().await?;
        }
        Ok(Snapshot { connection: Mutex::new(Some(connection)), opening })
    }
}

const BEGIN: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
const COMMIT: &str = "COMMIT";

type Opening = Shared<BoxFuture<'static, Result<(), StoreError>>>;

/// A snapshot: a read-only transaction, scoped by the viewer's session.
///
/// The scope is set for that transaction only: otherwise the next user of the connection would have the viewer's scope,
/// in this pool or in a pooler.
struct Snapshot {
    /// None after it is closed.
    connection: Mutex<Option<Arc<PooledConnection>>>,
    opening: Opening,
}

impl Snapshot {
    fn connection(&self) -> Result<Arc<PooledConnection>, StoreError> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner).clone();
        connection.ok_or_else(|| StoreError::Failed("a snapshot was read after it was closed".to_owned()))
    }

    /// Ends the transaction in the background, or without a runtime closes the connection.
    fn close(&self) {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (Some(connection), Ok(runtime)) = (connection, tokio::runtime::Handle::try_current()) else {
            return;
        };
        let opening = self.opening.clone();
        runtime.spawn(async move {
            let opened = opening.await;
            let mut inner = &connection.connection;
            let ended = inner.batch_execute(COMMIT).await;
            if let (Ok(()), Ok(()), Some(mut connection)) = (opened, ended, Arc::into_inner(connection)) {
                connection.is_busy = false;
            }
        });
    }
}

/// Begins the transaction and sets its scope.
///
/// The token hash is a parameter and not in the SQL text: `pg_stat_activity` shows each login the texts of its own
/// statements, and a hash gives access to a role view.
async fn open(connection: Arc<PooledConnection>, session: String) -> Result<(), StoreError> {
    let (mut first, mut second) = (&connection.connection, &connection.connection);
    let scope = diesel::select(set_config("portico.session", session, true));
    // Statements are sent in the order in which they are polled first.
    let (begin, scope) = futures_util::join!(first.batch_execute(BEGIN), scope.execute(&mut second));
    begin?;
    scope?;
    Ok(())
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        self.close();
    }
}
