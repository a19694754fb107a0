//! Creates a database per test. It is a copy of a template that is migrated once.

use std::env;
use std::sync::Arc;

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use portico_core::id::new_uuid;
use portico_fixtures::world::World;
use portico_store::{Database, migrate};
use tokio_postgres::{Client, Config, NoTls};

/// Variable with the address of PostgreSQL.
const SERVER: &str = "PORTICO_TEST_POSTGRES";
/// Advisory lock for creating a template: each test is a separate process.
const TEMPLATE_LOCK: i64 = 7_091_989;

/// Database of one test, dropped with the last of its handles.
#[derive(Clone)]
pub struct TestDatabase {
    database: Database,
    name: Arc<Name>,
}

/// A name that drops its database.
struct Name(String);

impl Drop for Name {
    fn drop(&mut self) {
        // On another thread: `drop` cannot wait on the test's runtime, which may be shutting down.
        let name = self.0.clone();
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut admin = named("postgres").connect_as_owner().await.ok()?;
                admin.batch_execute(&format!("drop database if exists {name} with (force)")).await.ok()
            })
        });
        // A database that cannot be dropped is removed with the private server.
        let _ = dropped.join();
    }
}

impl TestDatabase {
    /// Creates one with the demo's data, and an empty audit log.
    pub async fn demo() -> Self {
        Self::copy_of("portico_template_demo", true).await
    }

    /// Creates one with tables and role views, and no rows.
    pub async fn empty() -> Self {
        Self::copy_of("portico_template_empty", false).await
    }

    /// Creates one without tables.
    pub async fn bare() -> Self {
        let name = format!("test_{}", new_uuid().simple());
        let mut admin = connect("postgres").await;
        admin.batch_execute(&format!("create database {name}")).await.expect("a database can be made");
        Self { database: named(&name), name: Arc::new(Name(name)) }
    }

    /// Its address, as the owner of its tables.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Returns its name.
    pub fn name(&self) -> &str {
        &self.name.0
    }

    /// Its connection string, for commands with logins of their own.
    pub fn address(&self) -> String {
        without_user(&self.owner_address())
    }

    /// Its connection string as the owner of its tables.
    pub fn owner_address(&self) -> String {
        format!("{} dbname={}", server(), self.name.0)
    }

    /// Runs statements as the owner, bypassing the gateway.
    pub async fn db_execute(&self, sql: &str) {
        self.owner().await.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }

    /// Runs statements as the owner in an open transaction. Its locks are held until the result is dropped.
    pub async fn db_hold(&self, sql: &str) -> HeldTransaction {
        let mut owner = self.owner().await;
        owner.batch_execute(&format!("begin; {sql}")).await.unwrap_or_else(|error| panic!("{error}\n{sql}"));
        HeldTransaction { _connection: owner }
    }

    /// Waits until this many statements wait for locks.
    pub async fn db_blocked(&self, count: i64) {
        let blocked = "select count(*) as count from pg_stat_activity
            where wait_event_type = 'Lock' and datname = current_database()";
        while self.db_count(blocked).await < count {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }

    /// Reads a number as the owner.
    pub async fn db_count(&self, sql: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            count: i64,
        }
        let mut owner = self.owner().await;
        let rows: Vec<Count> = query(sql, &mut owner).await;
        rows.iter().map(|row| row.count).next().unwrap_or_default()
    }

    /// Reads texts as the owner: a query with one column named `text`.
    pub async fn db_texts(&self, sql: &str) -> Vec<String> {
        #[derive(diesel::QueryableByName)]
        struct Row {
            #[diesel(sql_type = diesel::sql_types::Text)]
            text: String,
        }
        let mut owner = self.owner().await;
        let rows: Vec<Row> = query(sql, &mut owner).await;
        rows.into_iter().map(|row| row.text).collect()
    }

    /// A connection of one of the gateway's logins, or of the owner.
    pub async fn db_client(&self, login: Option<&str>) -> Client {
        let mut config: Config = self.owner_address().parse().expect("the address can be read");
        if let Some(login) = login {
            config.user(login);
        }
        let (client, connection) = config.connect(NoTls).await.expect("the login is accepted");
        tokio::spawn(connection);
        client
    }

    async fn owner(&self) -> AsyncPgConnection {
        self.database.connect_as_owner().await.expect("the test's database answers")
    }

    async fn copy_of(template: &str, with_world: bool) -> Self {
        let name = format!("test_{}", new_uuid().simple());
        let mut admin = connect("postgres").await;
        // An existing template is complete. Only tests that find none take turns.
        if !exists(&mut admin, template).await {
            admin
                .batch_execute(&format!("select pg_advisory_lock({TEMPLATE_LOCK})"))
                .await
                .expect("the lock can be taken");
            if !exists(&mut admin, template).await {
                make_template(&mut admin, template, with_world).await;
            }
            admin.batch_execute("select pg_advisory_unlock_all()").await.expect("the lock can be released");
        }
        // Takes half the time of the default strategy, which logs all pages.
        admin
            .batch_execute(&format!("create database {name} template {template} strategy file_copy"))
            .await
            .expect("a template can be copied");
        drop(admin);
        let database = named(&name);
        migrate::restrict_to_logins(&database).await.expect("rights can be revoked");
        Self { database, name: Arc::new(Name(name)) }
    }
}

/// Transaction that is rolled back when this is dropped.
pub struct HeldTransaction {
    _connection: AsyncPgConnection,
}

/// Creates the template under a temporary name: an interrupted one is never used.
async fn make_template(admin: &mut AsyncPgConnection, template: &str, with_world: bool) {
    let draft = format!("{template}_draft");
    admin.batch_execute(&format!("drop database if exists {draft}")).await.expect("a leftover can be dropped");
    admin.batch_execute(&format!("create database {draft}")).await.expect("a database can be made");
    let database = named(&draft);
    migrate::migrate(&database).await.expect("the migrations run");
    if with_world {
        let world = World::demo().expect("the demo is consistent");
        world.load_into(&database).await.expect("the demo world loads");
        let mut connection = database.connect_as_owner().await.expect("the template answers");
        // Tests read what they record themselves.
        let empty = "delete from activity; delete from activity_counters";
        connection.batch_execute(empty).await.expect("the audit log can be emptied");
        connection.batch_execute("analyze").await.expect("statistics can be gathered");
    }
    let rename = format!("alter database {draft} rename to {template}");
    // The last connection may take a moment to close.
    while let Err(error) = admin.batch_execute(&rename).await {
        assert!(error.to_string().contains("being accessed"), "{error}");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn exists(admin: &mut AsyncPgConnection, name: &str) -> bool {
    #[derive(diesel::QueryableByName)]
    struct Name {
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[expect(dead_code, reason = "only the existence of a row matters")]
        datname: String,
    }
    let names: Vec<Name> =
        query(&format!("select datname::text from pg_database where datname = '{name}'"), admin).await;
    !names.is_empty()
}

async fn query<R>(sql: &str, connection: &mut AsyncPgConnection) -> Vec<R>
where
    R: diesel::QueryableByName<diesel::pg::Pg> + Send + 'static,
{
    use diesel_async::RunQueryDsl;
    diesel::sql_query(sql).load(connection).await.unwrap_or_else(|error| panic!("{error}\n{sql}"))
}

/// A connection string without its user.
pub fn without_user(address: &str) -> String {
    address.split_whitespace().filter(|part| !part.starts_with("user=")).collect::<Vec<_>>().join(" ")
}

fn server() -> String {
    env::var(SERVER).unwrap_or_else(|_| panic!("{SERVER} is not set: run the tests by `just test`"))
}

fn named(name: &str) -> Database {
    Database::parse(&server()).expect("the server's address can be read").named(name)
}

async fn connect(name: &str) -> AsyncPgConnection {
    named(name).connect_as_owner().await.expect("the tests' PostgreSQL answers")
}
