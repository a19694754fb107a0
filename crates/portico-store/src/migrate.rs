//! Migrations, and the role views, which are made anew with them so that they always fit the tables.

use std::time::Duration;

use diesel_async::{
    AnsiTransactionManager, AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::registration::generation_triggers;
use crate::sqlstate::code_of;
use crate::{Database, StoreError, tables};

/// One folder a step, each with its way back.
const TABLES: EmbeddedMigrations = embed_migrations!("../../migrations/tables");

/// The role views, in the order in which they stand on each other.
pub(crate) const WINDOWS: [&str; 11] = [
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
];

const DATABASE: &str = include_str!("../../../migrations/role_views/database.sql");

/// A running gateway must not wait behind a migration that waits for a lock, so the wait is short and tried again.
const BEFORE: &str = "set local lock_timeout = '2s'; select pg_advisory_xact_lock(7091988)";
const TRIES: u32 = 10;
const PAUSE: Duration = Duration::from_millis(500);

/// What has to go before tables can.
const DROP_WINDOWS: &str = "drop schema if exists generation, explained, previewed, access, visitor, client, trade, staff, support, auth cascade";

/// Brings tables and role views up to date, in one transaction. Two gateways that start at once take turns.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or a step fails; then nothing has changed.
pub async fn migrate(database: &Database) -> Result<(), StoreError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match in_one_transaction(database, Direction::Up).await {
            Err(StoreError::Failed(message)) if may_pass(&message) && attempts < TRIES => {
                tracing::warn!(attempts, message, "trying again");
                tokio::time::sleep(PAUSE).await;
            }
            result => break result?,
        }
    }
    set_login_passwords(database).await
}

/// Whether the database has all tables that this program knows of.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn is_current(database: &Database) -> Result<bool, StoreError> {
    let mut connection = database.connect_as_owner().await?;
    // To look makes diesel's own table where there is none; the transaction ends with the connection, and takes it back.
    AnsiTransactionManager::begin_transaction(&mut connection).await?;
    let looked = tokio::task::spawn_blocking(move || {
        AsyncMigrationHarness::new(connection).has_pending_migration(TABLES).map_err(|error| error.to_string())
    });
    let is_behind = looked.await.map_err(|error| StoreError::Failed(error.to_string()))?;
    is_behind.map(|is_behind| !is_behind).map_err(StoreError::Failed)
}

/// Takes everything back, role views and tables. All data is lost.
///
/// # Errors
///
/// As [`migrate`].
pub async fn revert_all(database: &Database) -> Result<(), StoreError> {
    in_one_transaction(database, Direction::Down).await
}

/// Makes a database if the server has none of that name. `server` is any database of the server.
///
/// # Errors
///
/// [`StoreError`] when the server does not answer or does not let us.
pub async fn create_database(server: &Database, name: &str) -> Result<(), StoreError> {
    let mut connection = server.connect_as_owner().await?;
    let quoted = name.replace('"', "\"\"");
    match connection.batch_execute(&format!("create database \"{quoted}\"")).await {
        Err(error) if code_of(&error.to_string()).is_some_and(|(code, _)| code == DUPLICATE_DATABASE) => Ok(()),
        result => Ok(result?),
    }
}

/// Closes a database to everybody but the logins, which a copy of a template is not.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer.
pub async fn close_to_others(database: &Database) -> Result<(), StoreError> {
    let mut connection = database.connect_as_owner().await?;
    Ok(connection.batch_execute(DATABASE).await?)
}

/// The SQLSTATE of a database whose name is taken.
const DUPLICATE_DATABASE: &str = "42P04";

/// The tables are in use (`lock_not_available`), or another database of this server is being migrated: logins belong to the server.
/// The latter is an internal error, whose text PostgreSQL does not translate.
fn may_pass(message: &str) -> bool {
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
    // If a step fails the connection is dropped with its transaction, and PostgreSQL rolls that back.
    connection.batch_execute(BEFORE).await?;
    if matches!(direction, Direction::Down) {
        connection.batch_execute(DROP_WINDOWS).await?;
    }
    // diesel's migrations are not async; on a thread of their own they do not hold up the runtime, whatever its kind.
    let ran = tokio::task::spawn_blocking(move || run_tables(connection, direction)).await;
    let mut connection = ran.map_err(|error| StoreError::Failed(error.to_string()))??;
    if matches!(direction, Direction::Up) {
        for role_view in WINDOWS {
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

/// Passwords are the operator's, and no part of the role views.
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
