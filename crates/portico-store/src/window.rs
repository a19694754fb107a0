//! Reads: through the window of the viewer's audience, scoped by the viewer's session.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use diesel::QueryResult;
use diesel::pg::{Pg, PgQueryBuilder};
use diesel::query_builder::{QueryBuilder, QueryFragment, QueryId};
use diesel::sql_types::{Bool, Text};
use diesel_async::methods::LoadQuery;
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use portico_core::people::{Audience, Viewer};

use crate::pool::{Database, Login, LoginConnection, LoginPool, PoolSizes, StatementKey};
use crate::{StoreError, Writer};

diesel::define_sql_function! {
    /// PostgreSQL's `set_config(setting, value, is_local)`.
    fn set_config(setting: Text, value: Text, is_local: Bool) -> Text;
}

/// Which login serves which audience. The gateway uses the default; the suite takes walls down by building another.
#[derive(Debug, Clone, Copy)]
pub struct WindowLogins {
    /// For those who have not signed in.
    pub public: Login,
    /// For clients.
    pub client: Login,
    /// For trade partners.
    pub trade: Login,
    /// For staff and keys.
    pub staff: Login,
}

impl Default for WindowLogins {
    fn default() -> Self {
        Self { public: Login::Public, client: Login::Client, trade: Login::Trade, staff: Login::Staff }
    }
}

/// The database, behind its pools.
#[derive(Clone)]
pub struct Store {
    public: LoginPool,
    client: LoginPool,
    trade: LoginPool,
    staff: LoginPool,
    auth: LoginPool,
    writer: LoginPool,
}

impl Store {
    /// Prepares pools; connections are made when they are needed.
    pub fn new(database: &Database, sizes: PoolSizes) -> Self {
        Self::with_logins(database, sizes, WindowLogins::default())
    }

    /// The same, with a choice of logins.
    pub fn with_logins(database: &Database, sizes: PoolSizes, logins: WindowLogins) -> Self {
        let window = |login| database.pool(login, sizes.window);
        Self {
            public: window(logins.public),
            client: window(logins.client),
            trade: window(logins.trade),
            staff: window(logins.staff),
            auth: database.pool(Login::Auth, sizes.auth),
            writer: database.pool(Login::Writer, sizes.writer),
        }
    }

    /// The only door to reads: what this viewer sees.
    pub fn as_seen_by(&self, viewer: &Arc<Viewer>) -> SeenBy {
        let pool = match viewer.audience() {
            Audience::Public => &self.public,
            Audience::Client => &self.client,
            Audience::Trade => &self.trade,
            Audience::Staff => &self.staff,
        };
        SeenBy { pool: pool.clone(), viewer: Arc::clone(viewer), statements: Arc::default() }
    }

    /// The door to writes, for actions.
    pub fn writer(&self) -> Writer {
        Writer::new(self.writer.clone())
    }

    pub(crate) fn auth(&self) -> &LoginPool {
        &self.auth
    }
}

/// The database as one viewer sees it, for one request.
#[derive(Clone)]
pub struct SeenBy {
    pool: LoginPool,
    viewer: Arc<Viewer>,
    statements: Arc<AtomicU64>,
}

impl SeenBy {
    /// Who looks.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// How many statements this request has sent so far.
    pub fn statements(&self) -> u64 {
        AtomicU64::load(&self.statements, Ordering::Relaxed)
    }

    /// Runs one query in a transaction of its own, which is scoped by the viewer's session.
    ///
    /// The setting lives for that transaction alone: one that outlived it would hand the viewer's scope to whoever gets the
    /// connection next, from this pool or from a pooler in between.
    pub(crate) fn load<Q, R>(&self, query: Q) -> BoxFuture<'static, Result<Vec<R>, StoreError>>
    where
        Q: QueryFragment<Pg> + QueryId + for<'a> LoadQuery<'static, &'a AsyncPgConnection, R> + Send + 'static,
        R: Send + 'static,
    {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let session = self.viewer.session.as_ref().map_or("", |hash| hash.as_str()).to_owned();
        run(self.pool.clone(), session, query).boxed()
    }
}

async fn run<Q, R>(pool: LoginPool, session: String, query: Q) -> Result<Vec<R>, StoreError>
where
    Q: QueryFragment<Pg> + QueryId + for<'a> LoadQuery<'static, &'a AsyncPgConnection, R> + Send + 'static,
    R: Send + 'static,
{
    let key = statement_key(&query)?;
    let mut connection = pool.get().await?;
    connection.is_busy = true;
    let result = if connection.prepared.contains(&key) {
        pipelined(&connection, session, query).await
    } else {
        one_by_one(&connection, session, query).await
    };
    connection.is_busy = false;
    if result.is_ok() {
        connection.prepared.insert(key);
    }
    result.map_err(StoreError::from)
}

const BEGIN: &str = "BEGIN READ ONLY";
const COMMIT: &str = "COMMIT";

/// Sends all four messages before it waits for the first answer.
///
/// They go out in the order in which they are polled first, which holds as long as none has to wait before it sends: the
/// statements are prepared already, and the task's budget is not counted here.
async fn pipelined<Q, R>(connection: &LoginConnection, session: String, query: Q) -> QueryResult<Vec<R>>
where
    Q: for<'a> LoadQuery<'static, &'a AsyncPgConnection, R> + Send + 'static,
    R: Send + 'static,
{
    let connection = &connection.connection;
    let (mut a, mut b, mut c, mut d) = (connection, connection, connection, connection);
    let (begin, scope, rows, commit) = tokio::task::unconstrained(async {
        futures_util::join!(
            a.batch_execute(BEGIN),
            scope_by(session).execute(&mut b),
            query.load(&mut c),
            d.batch_execute(COMMIT),
        )
    })
    .await;
    begin.and(scope.map(drop)).and(rows).and_then(|rows| commit.map(|()| rows))
}

/// The first time on a connection: a statement that is still to be prepared would be overtaken by those behind it.
async fn one_by_one<Q, R>(connection: &LoginConnection, session: String, query: Q) -> QueryResult<Vec<R>>
where
    Q: for<'a> LoadQuery<'static, &'a AsyncPgConnection, R> + Send + 'static,
    R: Send + 'static,
{
    let mut connection = &connection.connection;
    connection.batch_execute(BEGIN).await?;
    scope_by(session).execute(&mut connection).await?;
    let rows = query.load(&mut connection).await;
    connection.batch_execute(COMMIT).await?;
    rows
}

type ScopeBy = diesel::dsl::select<set_config<&'static str, String, bool>>;

fn scope_by(session: String) -> ScopeBy {
    diesel::select(set_config("portico.session", session, true))
}

fn statement_key<Q: QueryFragment<Pg> + QueryId>(query: &Q) -> Result<StatementKey, StoreError> {
    if let Some(id) = Q::query_id() {
        return Ok(StatementKey::Type(id));
    }
    let mut text = PgQueryBuilder::default();
    query.to_sql(&mut text, &Pg).map_err(StoreError::from)?;
    Ok(StatementKey::Text(text.finish()))
}
