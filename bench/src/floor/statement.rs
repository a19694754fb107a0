//! Statements by hand: one that makes a whole answer, and the one that signs a caller in.

use std::collections::HashMap;

use futures_util::try_join;
use hyper::body::Bytes;
use portico_core::people::TokenHash;
use tokio::sync::{Mutex, Semaphore};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Config, NoTls, Statement};

use crate::failure::{Doing, Failure};

const STATEMENTS: [(&str, &str); 3] = [
    ("q1", include_str!("../sql/q1-dashboard.sql")),
    ("q2", include_str!("../sql/q2-list.sql")),
    ("q3", include_str!("../sql/q3-object.sql")),
];
const SCOPE: &str = "select set_config('portico.session', $1, true)";
const SIGN_IN: &str = include_str!("../sql/sign-in.sql");

/// Connections, each for one request at a time.
struct Pool<T> {
    free: Mutex<Vec<T>>,
    permits: Semaphore,
}

impl<T> Pool<T> {
    fn new(connections: Vec<T>) -> Self {
        Self { permits: Semaphore::new(connections.len()), free: Mutex::new(connections) }
    }

    async fn with<R>(&self, ask: impl AsyncFnOnce(&T) -> Option<R>) -> Option<R> {
        let _permit = self.permits.acquire().await.ok()?;
        let connection = self.free.lock().await.pop()?;
        let answer = ask(&connection).await;
        self.free.lock().await.push(connection);
        answer
    }
}

async fn connect(url: &str, login: &str) -> Result<Client, Failure> {
    let mut config: Config = url.parse().doing("read the database's address")?;
    let (client, connection) = config.user(login).connect(NoTls).await.doing("connect to PostgreSQL")?;
    tokio::spawn(async move {
        // Whoever waits on the connection gets the error.
        let _ = connection.await;
    });
    Ok(client)
}

/// Whole answers, through the client's role view.
pub(super) struct Answers(Pool<ScopedClient>);

struct ScopedClient {
    client: Client,
    scope: Statement,
    answers: HashMap<&'static str, Statement>,
}

impl Answers {
    pub(super) async fn connect(url: &str, size: usize) -> Result<Self, Failure> {
        let mut scoped_clients = Vec::new();
        for _ in 0..size {
            let client = connect(url, "portico_client").await?;
            let scope = client.prepare(SCOPE).await.doing("prepare")?;
            let mut answers = HashMap::new();
            for (name, sql) in STATEMENTS {
                answers.insert(name, client.prepare(sql).await.doing(format_args!("prepare {name}"))?);
            }
            scoped_clients.push(ScopedClient { client, scope, answers });
        }
        Ok(Self(Pool::new(scoped_clients)))
    }

    pub(super) async fn read(&self, operation: &str, project: &str, session: &TokenHash) -> Option<Bytes> {
        self.0.with(async |scoped: &ScopedClient| scoped.read(operation, project, session).await.ok()?).await
    }
}

impl ScopedClient {
    /// All four are sent before the first is answered: what is polled first is sent first.
    async fn read(
        &self,
        operation: &str,
        project: &str,
        session: &TokenHash,
    ) -> Result<Option<Bytes>, tokio_postgres::Error> {
        let Some(statement) = self.answers.get(operation) else { return Ok(None) };
        let hash = session.as_str();
        // The list belongs to the caller, and takes no project.
        let parameters: &[&(dyn ToSql + Sync)] = if statement.params().is_empty() { &[] } else { &[&project] };
        let scope: &[&(dyn ToSql + Sync)] = &[&hash];
        let (_, _, row, _) = tokio::task::unconstrained(async {
            try_join!(
                self.client.batch_execute("BEGIN READ ONLY"),
                self.client.query(&self.scope, scope),
                self.client.query_one(statement, parameters),
                self.client.batch_execute("COMMIT"),
            )
        })
        .await?;
        let json: &str = row.try_get(0)?;
        Ok(Some(Bytes::copy_from_slice(json.as_bytes())))
    }
}

/// The gateway's sign-in, without the gateway.
pub(super) struct SignIn(Pool<(Client, Statement)>);

impl SignIn {
    pub(super) async fn connect(url: &str, size: usize) -> Result<Self, Failure> {
        let mut connections = Vec::new();
        for _ in 0..size {
            let client = connect(url, "portico_auth").await?;
            let statement = client.prepare(SIGN_IN).await.doing("prepare the sign-in")?;
            connections.push((client, statement));
        }
        Ok(Self(Pool::new(connections)))
    }

    pub(super) async fn knows(&self, token: &TokenHash) -> bool {
        let found = self.0.with(async |(client, statement): &(Client, Statement)| {
            client.query_opt(statement, &[&token.as_str()]).await.ok()?.map(drop)
        });
        found.await.is_some()
    }
}
