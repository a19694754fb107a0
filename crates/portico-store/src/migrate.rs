//! Migrations of tables, and of role views, which are recreated with them to fit the tables.

use std::time::Duration;

use diesel_async::{
    AnsiTransactionManager, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::registration::generation_triggers;
use crate::sqlstate::code_of;
use crate::{Database, StoreError, tables};

/// Migrations of tables: a folder each, with their reversal.
const TABLES: EmbeddedMigrations = embed_migrations!("../../migrations/tables");

/// The role views, in order of dependency.
pub(crate) const ROLE_VIEWS: [&str; 12] = [
    include_str!("../../../migrations/role_views/logins.sql"),
    DATABASE,
    include_str!("../../../migrations/role_views/generations.sql"),
    include_str!("../../../migrations/role_views/public.sql"),
    include_str!("../../../migrations/role_views/client.sql"),
    include_str!("../../../migrations/role_views/trade.sql"),
    include_str!("../../../migrations/role_views/staff.sql"),
    include_str!("../../../migrations/role_views/support.sql"),
    include_str!("../../../migrations/role_views/explain.sql"),
    include_str!("../../../migrations/role_views/auth.sql"),
    include_str!("../../../migrations/role_views/finish.sql"),
    include_str!("../../../migrations/role_views/writes.sql"),
];

const DATABASE: &str = include_str!("../../../migrations/role_views/database.sql");

/// A short lock timeout with retries, so that a running gateway does not queue behind a waiting migration.
const BEFORE: &str = "set local lock_timeout = '2s'; select pg_advisory_xact_lock(7091988)";
const MAX_ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(500);

/// Schemas to drop before the tables.
const DROP_ROLE_VIEWS: &str = "drop schema if exists generation, explained, previewed, access, visitor, client, trade, staff, support, auth, writing cascade";

/// Policies to drop before the tables, whose columns they name.
const DROP_POLICIES: &str = "do $$ declare p record; begin
    for p in select polname, polrelid::regclass as of_table from pg_policy
    loop execute format('drop policy %I on %s', p.polname, p.of_table); end loop; end $$";

/// Migrates tables and role views in one transaction. Concurrent calls are serialized.
///
/// # Errors
///
/// [`StoreError`] if a step fails; then nothing has changed.
pub async fn migrate(database: &Database) -> Result<(), StoreError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match in_one_transaction(database, Direction::Up).await {
            Err(StoreError::Failed(message)) if is_temporary(&message) && attempts < MAX_ATTEMPTS => {
                tracing::warn!(attempts, message, "retrying the migration");
                tokio::time::sleep(PAUSE).await;
            }
            result => break result?,
        }
    }
    set_login_passwords(database).await
}

/// Whether the database has all tables of this version of the program.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn is_current(database: &Database) -> Result<bool, StoreError> {
    let mut connection = database.connect_as_owner().await?;
    // The check creates diesel's own table if it is missing; the transaction is rolled back when the connection closes.
    AnsiTransactionManager::begin_transaction(&mut connection).await?;
    let looked = tokio::task::spawn_blocking(move || {
        AsyncMigrationHarness::new(connection).has_pending_migration(TABLES).map_err(|error| error.to_string())
    });
    let is_behind = looked.await.map_err(|error| StoreError::Failed(error.to_string()))?;
    is_behind.map(|is_behind| !is_behind).map_err(StoreError::Failed)
}

/// Drops all tables and role views. All data is lost.
///
/// # Errors
///
/// As [`migrate`].
pub async fn revert_all(database: &Database) -> Result<(), StoreError> {
    in_one_transaction(database, Direction::Down).await
}

/// Creates a database if it does not exist. `server` is any database of the server.
///
/// # Errors
///
/// [`StoreError`] if the server does not answer, or the login may not create databases.
pub async fn create_database(server: &Database, name: &str) -> Result<(), StoreError> {
    let mut connection = server.connect_as_owner().await?;
    let quoted = name.replace('"', "\"\"");
    match connection.batch_execute(&format!("create database \"{quoted}\"")).await {
        Err(error) if code_of(&error.to_string()).is_some_and(|(code, _)| code == DUPLICATE_DATABASE) => Ok(()),
        result => Ok(result?),
    }
}

/// Restricts connections to a database to the gateway's logins. A copy of a template needs this.
///
/// # Errors
///
/// [`StoreError`] if the write fails.
pub async fn restrict_to_logins(database: &Database) -> Result<(), StoreError> {
    let mut connection = database.connect_as_owner().await?;
    Ok(connection.batch_execute(DATABASE).await?)
}

/// The SQLSTATE of an existing database name.
const DUPLICATE_DATABASE: &str = "42P04";

/// Whether an error is temporary: tables in use (`lock_not_available`), or a migration of another database of this
/// server.
///
/// Logins belong to the server, so their concurrent changes conflict. That is an internal error, whose text PostgreSQL
/// does not translate.
fn is_temporary(message: &str) -> bool {
    message.contains("55P03") || message.contains("tuple concurrently updated")
}

#[derive(Clone, Copy)]
enum Direction {
    Up,
    Down,
}

async fn in_one_transaction(database: &Database, direction: Direction) -> Result<(), StoreError> {
    let mut connection = database.connect_as_owner().await?;
    AnsiTransactionManager::begin_transaction(&mut connection).await?;
    // If a step fails, the connection is dropped with its transaction, and PostgreSQL rolls it back.
    connection.batch_execute(BEFORE).await?;
    if matches!(direction, Direction::Down) {
        connection.batch_execute(DROP_ROLE_VIEWS).await?;
        connection.batch_execute(DROP_POLICIES).await?;
    }
    // diesel's migrations are blocking, so they run on a blocking thread of any kind of runtime.
    let ran = tokio::task::spawn_blocking(move || run_tables(connection, direction)).await;
    let mut connection = ran.map_err(|error| StoreError::Failed(error.to_string()))??;
    if matches!(direction, Direction::Up) {
        for role_view in ROLE_VIEWS {
            connection.batch_execute(role_view).await?;
        }
        connection.batch_execute(&generation_triggers(tables::TABLES)).await?;
    }
    Ok(AnsiTransactionManager::commit_transaction(&mut connection).await?)
}

fn run_tables(connection: AsyncPgConnection, direction: Direction) -> Result<AsyncPgConnection, StoreError> {
    let mut harness = AsyncMigrationHarness::new(connection);
    match direction {
        Direction::Up => harness.run_pending_migrations(TABLES).map(drop),
        Direction::Down => harness.revert_all_migrations(TABLES).map(drop),
    }
    .map_err(|error| StoreError::Failed(error.to_string()))?;
    Ok(harness.into_inner())
}

/// Sets the logins' passwords, which belong to the operator and not to the role views.
async fn set_login_passwords(database: &Database) -> Result<(), StoreError> {
    let Some(password) = database.login_password() else { return Ok(()) };
    let mut connection = database.connect_as_owner().await?;
    let quoted = password.replace('\'', "''");
    for login in crate::Login::ALL {
        let statement = format!("alter role {} password '{quoted}'", login.name());
        connection.batch_execute(&statement).await?;
    }
    Ok(())
}
