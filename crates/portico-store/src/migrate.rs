//! Migrations of tables, and replacement of the role views and triggers that have changed.

use std::error::Error;
use std::time::Duration;

use diesel::QueryableByName;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{
    AnsiTransactionManager, AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection,
    TransactionManager,
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::registration::{TrackedTable, triggers_to_replace};
use crate::sqlstate::code_of;
use crate::{Database, Login, StoreError, tables, version};

/// Migrations of tables: a folder each, with their reversal.
pub(crate) const TABLES: EmbeddedMigrations = embed_migrations!("../../migrations/tables");

/// The role views, in order of dependency: name and text of each file.
pub(crate) const ROLE_VIEWS: [(&str, &str); 13] = [
    ("logins.sql", include_str!("../../../migrations/role_views/logins.sql")),
    ("database.sql", DATABASE),
    ("public.sql", include_str!("../../../migrations/role_views/public.sql")),
    ("client.sql", include_str!("../../../migrations/role_views/client.sql")),
    ("trade.sql", include_str!("../../../migrations/role_views/trade.sql")),
    ("staff.sql", include_str!("../../../migrations/role_views/staff.sql")),
    ("support.sql", include_str!("../../../migrations/role_views/support.sql")),
    ("explain.sql", include_str!("../../../migrations/role_views/explain.sql")),
    ("reminders.sql", include_str!("../../../migrations/role_views/reminders.sql")),
    ("auth.sql", include_str!("../../../migrations/role_views/auth.sql")),
    ("retention.sql", include_str!("../../../migrations/role_views/retention.sql")),
    ("finish.sql", include_str!("../../../migrations/role_views/finish.sql")),
    ("writes.sql", include_str!("../../../migrations/role_views/writes.sql")),
];

/// The procedures of generations. Role views do not depend on them.
pub(crate) const GENERATIONS: (&str, &str) =
    ("generations.sql", include_str!("../../../migrations/role_views/generations.sql"));

const DATABASE: &str = include_str!("../../../migrations/role_views/database.sql");

/// A short lock timeout with retries, so that a running gateway does not queue behind a waiting migration.
const BEFORE: &str = "set local lock_timeout = '2s'; select pg_advisory_xact_lock(7091988)";
const MAX_ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(500);

/// Schemas to drop before the tables.
const DROP_ROLE_VIEWS: &str = "drop schema if exists generation, retention, reminding, explained, previewed, access, visitor, client, trade, staff, support, auth, writing cascade";

/// Policies to drop before the tables, whose columns they name.
const DROP_POLICIES: &str = "do $$ declare p record; begin
    for p in select polname, polrelid::regclass as of_table from pg_policy
    loop execute format('drop policy %I on %s', p.polname, p.of_table); end loop; end $$";

/// New definitions of role views may show the same rows differently, so the cache epoch changes.
const RESET_CACHES: &str = "update caching.epoch set value = gen_random_uuid()";

/// Migrates tables, and replaces role views and triggers that have changed, in one transaction. What has not changed is
/// not locked. Concurrent calls are serialized.
///
/// # Errors
///
/// [`StoreError`] if a step fails, or the database has migrations that this program does not know; then nothing has
/// changed.
pub async fn migrate(database: &Database) -> Result<(), StoreError> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match in_one_transaction(database, Direction::Up).await {
            Err(error) if is_temporary(&error) && attempts < MAX_ATTEMPTS => {
                tracing::warn!(attempts, %error, "retrying the migration");
                tokio::time::sleep(PAUSE).await;
            }
            result => break result?,
        }
    }
    set_login_passwords(database).await
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

/// Whether an error is temporary: tables in use, or a migration of another database of this server.
///
/// Logins belong to the server, so their concurrent changes conflict. That is an internal error, whose text PostgreSQL
/// does not translate. A failed migration of tables repeats the code of `lock_not_available` within its own text.
fn is_temporary(error: &StoreError) -> bool {
    match error {
        StoreError::Contended(_) => true,
        StoreError::Failed(text) => text.contains("55P03") || text.contains("tuple concurrently updated"),
        _ => false,
    }
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
    let (mut connection, tables_changed) = ran.map_err(|error| StoreError::Failed(error.to_string()))??;
    if matches!(direction, Direction::Up) {
        replace_changed(&mut connection, tables_changed).await?;
    }
    Ok(AnsiTransactionManager::commit_transaction(&mut connection).await?)
}

/// Runs the migrations of tables. Returns whether there were any to run.
fn run_tables(connection: AsyncPgConnection, direction: Direction) -> Result<(AsyncPgConnection, bool), StoreError> {
    let mut harness = AsyncMigrationHarness::new(connection);
    let failed = |error: Box<dyn Error + Send + Sync>| StoreError::Failed(error.to_string());
    let count = match direction {
        Direction::Up => {
            let applied = harness.applied_migrations().map_err(failed)?;
            let unknown = version::unknown(applied.iter().map(ToString::to_string));
            if !unknown.is_empty() {
                return Err(StoreError::LaterVersion(version::in_words(&unknown)));
            }
            harness.run_pending_migrations(TABLES).map_err(failed)?.len()
        }
        Direction::Down => harness.revert_all_migrations(TABLES).map_err(failed)?.len(),
    };
    Ok((harness.into_inner(), count > 0))
}

/// Replaces role views and triggers that have changed.
///
/// Role views are replaced together, since they depend on each other: if a file or a table has changed, or if the server
/// lacks a login or its rights. The procedures of generations are replaced with all triggers, and a trigger alone if its
/// own text has changed.
async fn replace_changed(connection: &mut AsyncPgConnection, tables_changed: bool) -> Result<(), StoreError> {
    let applied = version::applied_files(connection).await?;
    let is_applied = |(name, text): (&str, &str)| applied.get(name) == Some(&version::digest(text));
    let mut replaced = Vec::new();
    if !is_applied(GENERATIONS) {
        connection.batch_execute(GENERATIONS.1).await?;
        replaced.push(GENERATIONS);
    }
    if tables_changed || !ROLE_VIEWS.into_iter().all(is_applied) || !has_logins(connection).await? {
        for (_, text) in ROLE_VIEWS {
            connection.batch_execute(text).await?;
        }
        replaced.extend(ROLE_VIEWS);
    }
    let triggers = triggers_to_replace(tables::TABLES, &tracked(connection).await?);
    if replaced.is_empty() && triggers.is_empty() {
        return Ok(());
    }
    connection.batch_execute(&triggers).await?;
    version::record(connection, &replaced).await?;
    Ok(connection.batch_execute(RESET_CACHES).await?)
}

/// Whether the server has all logins with their settings, and this database their rights. A database restored on another
/// server has none of them.
async fn has_logins(connection: &mut AsyncPgConnection) -> Result<bool, StoreError> {
    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    // Rights of a login are granted together, so that on its schema stands for all.
    let usable = "select count(*) as count
        from pg_roles r, unnest(r.rolconfig) setting,
            to_regnamespace(split_part(substr(setting, length('search_path=') + 1), ',', 1)) as own_schema
        where r.rolname = any ($1) and setting like 'search_path=%'
            and has_database_privilege(r.oid, current_database(), 'connect')
            and has_schema_privilege(r.oid, own_schema, 'usage')";
    // Policies may have been lost with the logins.
    let open = "select count(*) as count from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname <> '__diesel_schema_migrations'
            and not (c.relrowsecurity and exists (
                select from pg_policy p where p.polrelid = c.oid and p.polname = 'unscoped'))";
    let open: Count = diesel::sql_query(open).get_result(connection).await?;
    if open.count > 0 {
        return Ok(false);
    }
    let names = Login::ALL.map(Login::name);
    let found: Count =
        diesel::sql_query(usable).bind::<Array<Text>, _>(names.as_slice()).get_result(connection).await?;
    Ok(usize::try_from(found.count) == Ok(names.len()))
}

/// What the triggers of each table note, as last created. Only tables that have all of their triggers.
async fn tracked(connection: &mut AsyncPgConnection) -> Result<Vec<TrackedTable>, StoreError> {
    let query = "select table_name, moves, reason,
            (select count(*) from pg_trigger t
                where t.tgrelid = to_regclass('public.' || quote_ident(table_name)) and t.tgenabled = 'O'
                    and t.tgfoid in (select oid from pg_proc where pronamespace = to_regnamespace('generation'))
            ) = case when moves is null then 0 else 3 end as is_complete
        from caching.tracked";
    Ok(diesel::sql_query(query).load(connection).await?)
}

/// Sets the logins' passwords, which belong to the operator and not to the role views.
async fn set_login_passwords(database: &Database) -> Result<(), StoreError> {
    let Some(password) = database.login_password() else { return Ok(()) };
    let mut connection = database.connect_as_owner().await?;
    // Its verifier (RFC 5802), so that no log of statements has the password.
    let verifier = postgres_protocol::password::scram_sha_256(password.as_bytes());
    for login in Login::ALL {
        let statement = format!("alter role {} password '{verifier}'", login.name());
        connection.batch_execute(&statement).await?;
    }
    Ok(())
}
