//! The version of a database: its migrations of tables, and its files of role views.

use std::collections::HashMap;

use diesel::QueryableByName;
use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel::sql_types::{Nullable, Text};
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, RunQueryDsl, TransactionManager};

use crate::migrate::{GENERATIONS, ROLE_VIEWS, TABLES};
use crate::sqlstate::code_of;
use crate::{Database, Store, StoreError};

/// `undefined_table`: the database has no list of migrations.
const UNDEFINED_TABLE: &str = "42P01";

/// The version of a database, compared with this program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatabaseVersion {
    /// It has the tables and role views of this program.
    Current,
    /// It has no tables, or those of a version that kept no list of role views.
    Unmigrated,
    /// It lacks these migrations, in words.
    Earlier(String),
    /// It has the tables of this program, and these files of role views differ, in words.
    OtherRoleViews(String),
    /// It has migrations that this program does not know, in words.
    Later(String),
}

#[derive(QueryableByName)]
struct Applied {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Nullable<Text>)]
    digest: Option<String>,
}

impl DatabaseVersion {
    /// The version of a database, read as the owner of its tables.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database does not answer, or another role owns it.
    pub async fn of(database: &Database) -> Result<Self, StoreError> {
        Self::read(&mut database.connect_as_owner().await?).await
    }

    async fn read(connection: &mut AsyncPgConnection) -> Result<Self, StoreError> {
        let applied = diesel::sql_query("select name, digest from auth.applied_migrations").load::<Applied>(connection);
        match applied.await.map_err(StoreError::from) {
            Ok(applied) => Ok(Self::from_applied(applied)),
            Err(StoreError::Failed(text)) if code_of(&text).is_some_and(|(code, _)| code == UNDEFINED_TABLE) => {
                Ok(Self::Unmigrated)
            }
            Err(error) => Err(error),
        }
    }

    fn from_applied(applied: Vec<Applied>) -> Self {
        let (files, tables): (Vec<_>, Vec<_>) = applied.into_iter().partition(|row| row.digest.is_some());
        let tables: Vec<String> = tables.into_iter().map(|row| row.name).collect();
        let known = known();
        let missing: Vec<_> = known.iter().filter(|(version, _)| !tables.contains(version)).collect();
        if !missing.is_empty() {
            return Self::Earlier(in_words(&missing.into_iter().map(|(_, name)| name.clone()).collect::<Vec<_>>()));
        }
        let unknown = unknown(tables.into_iter());
        if !unknown.is_empty() {
            return Self::Later(in_words(&unknown));
        }
        let files: HashMap<_, _> = files.into_iter().filter_map(|row| Some((row.name, row.digest?))).collect();
        let other: Vec<_> = ROLE_VIEWS
            .into_iter()
            .chain([GENERATIONS])
            .filter(|(name, text)| files.get(*name) != Some(&digest(text)))
            .map(|(name, _)| name)
            .collect();
        if other.is_empty() { Self::Current } else { Self::OtherRoleViews(other.join(", ")) }
    }
}

impl Store {
    /// The version of the database, read by the login of sign-in.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the database does not answer, or has no such login.
    pub async fn database_version(&self) -> Result<DatabaseVersion, StoreError> {
        let mut pooled = self.auth().get().await?;
        // If a statement fails, the connection stays busy and is not reused.
        pooled.is_busy = true;
        let connection = &mut pooled.connection;
        AnsiTransactionManager::begin_transaction(connection).await?;
        let version = DatabaseVersion::read(connection).await?;
        AnsiTransactionManager::rollback_transaction(connection).await?;
        pooled.is_busy = false;
        Ok(version)
    }
}

/// Version and name of each migration of tables.
fn known() -> Vec<(String, String)> {
    let migrations = MigrationSource::<Pg>::migrations(&TABLES).expect("embedded migrations have valid names");
    let names = migrations.iter().map(|migration| migration.name());
    names.map(|name| (name.version().to_string(), name.to_string())).collect()
}

/// The versions that are not among the migrations of tables, in order.
pub(crate) fn unknown(versions: impl Iterator<Item = String>) -> Vec<String> {
    let known = known();
    let mut unknown: Vec<_> = versions.filter(|version| !known.iter().any(|(known, _)| known == version)).collect();
    unknown.sort();
    unknown
}

/// Migrations in words.
pub(crate) fn in_words(names: &[String]) -> String {
    let noun = if names.len() == 1 { "migration" } else { "migrations" };
    format!("the {noun} {}", names.join(", "))
}

/// The digest of a file.
pub(crate) fn digest(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex().to_string()
}

/// Digests of the files of role views as last applied, by name.
///
/// None if the view is missing that shows them: `migrate` of a version without digests has replaced all role views since.
pub(crate) async fn applied_files(connection: &mut AsyncPgConnection) -> Result<HashMap<String, String>, StoreError> {
    let query = "select name, digest from migration.role_view_files
        where to_regclass('auth.applied_migrations') is not null";
    let files = diesel::sql_query(query).load::<Applied>(connection).await?;
    Ok(files.into_iter().filter_map(|row| Some((row.name, row.digest?))).collect())
}

/// Records applied files.
pub(crate) async fn record(connection: &mut AsyncPgConnection, files: &[(&str, &str)]) -> Result<(), StoreError> {
    let statement = "insert into migration.role_view_files (name, digest) values ($1, $2)
        on conflict (name) do update set digest = excluded.digest";
    for (name, text) in files {
        let insert = diesel::sql_query(statement).bind::<Text, _>(*name).bind::<Text, _>(digest(text));
        insert.execute(connection).await?;
    }
    Ok(())
}
