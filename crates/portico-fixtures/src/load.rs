//! Copies rows into the database, by binary `COPY` in one transaction.

use std::pin::pin;

use portico_store::rows::{Row, TABLES, Table};
use portico_store::{Database, DatabaseVersion, StoreError};
use tokio_postgres::Client;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use uuid::Uuid;

/// The owner's own timeout could cancel a long statement.
const BEGIN: &str = "begin; set local statement_timeout = 0";

/// Serializes loads, so that a second one finds the first one's companies. Reads continue.
const LOCK: &str = "lock table public.companies in share row exclusive mode";

/// A selection refers to an option that is copied after it. Checked per batch, so that the number of unchecked rows
/// does not grow with the world.
const DEFER: &str = "set constraints all deferred";
const CHECK: &str = "set constraints all immediate";

/// Entries of the audit log, derived from the rows that they are about.
const ACTIVITY: &str = include_str!("activity.sql");

/// Reasons why a world was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The database lacks tables or columns.
    #[error("the database is not up to date: run `portico migrate` first")]
    NotMigrated,
    /// The database has companies, from which generated rows could not be distinguished.
    #[error("the database has companies already: use an empty one")]
    NotEmpty,
    /// A statement failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Rows of any tables, to be inserted.
#[derive(Default)]
pub struct Rows(Vec<(usize, Box<dyn Row>)>);

impl Rows {
    /// Adds a row.
    pub fn add(&mut self, row: impl Row) {
        self.0.push((row.table(), Box::new(row)));
    }

    /// Adds a row of a project: sets `company_id` and `project_id`, if the table has them.
    pub(crate) fn add_to_project(&mut self, (company, project): (Uuid, Uuid), mut row: impl Row) {
        for (column, id) in [("company_id", company), ("project_id", project)] {
            row.id_mut(column).into_iter().for_each(|own| *own = id);
        }
        self.add(row);
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The rows with their tables, in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Table, &dyn Row)> {
        self.0.iter().map(|(table, row)| (&TABLES[*table], &**row))
    }

    /// Inserts all rows or none, as the owner of the tables. The tables may have other rows.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not answer, or a row violates a constraint.
    pub async fn insert(&self, database: &Database) -> Result<(), StoreError> {
        let mut load = Load::open(database).await?;
        load.copy(self).await?;
        load.commit().await
    }
}

/// A load in progress. Nothing of it remains unless it is committed: the server rolls back when the connection closes,
/// even if the process was killed.
pub(crate) struct Load {
    client: Client,
    counts: Vec<u64>,
}

impl Load {
    async fn open(database: &Database) -> Result<Self, StoreError> {
        let client = database.client_as_owner().await?;
        client.batch_execute(BEGIN).await?;
        Ok(Self { client, counts: vec![0; TABLES.len()] })
    }

    /// Begins to load a whole world into a migrated database without companies.
    pub(crate) async fn begin(database: &Database) -> Result<Self, LoadError> {
        if !matches!(DatabaseVersion::of(database).await?, DatabaseVersion::Current | DatabaseVersion::Later(_)) {
            return Err(LoadError::NotMigrated);
        }
        let load = Self::open(database).await?;
        load.client.batch_execute(LOCK).await.map_err(StoreError::from)?;
        if has_companies(&load.client).await? { Err(LoadError::NotEmpty) } else { Ok(load) }
    }

    pub(crate) async fn copy(&mut self, rows: &Rows) -> Result<(), StoreError> {
        let mut by_table = vec![Vec::new(); TABLES.len()];
        for (table, row) in &rows.0 {
            by_table[*table].push(row);
        }
        self.client.batch_execute(DEFER).await?;
        for ((table, rows), count) in TABLES.iter().zip(by_table).zip(&mut self.counts) {
            if rows.is_empty() {
                continue;
            }
            let copy = format!("copy public.{} ({}) from stdin binary", table.name, table.columns.join(", "));
            let mut writer = pin!(BinaryCopyInWriter::new(self.client.copy_in(&copy).await?, table.types));
            for row in rows {
                writer.as_mut().write(&row.values()).await?;
            }
            *count += writer.finish().await?;
        }
        Ok(self.client.batch_execute(CHECK).await?)
    }

    /// Number of rows copied so far.
    pub(crate) fn rows(&self) -> u64 {
        self.counts.iter().sum()
    }

    async fn commit(&self) -> Result<(), StoreError> {
        Ok(self.client.batch_execute("commit").await?)
    }

    /// Writes the audit log of the loaded projects, commits, and gathers statistics for the planner. Returns the number of rows per table.
    pub(crate) async fn finish(self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        self.client.batch_execute(ACTIVITY).await?;
        self.commit().await?;
        let names: Vec<String> = TABLES.iter().map(|table| format!("public.{}", table.name)).collect();
        self.client.batch_execute(&format!("analyze {}", names.join(", "))).await?;
        Ok(TABLES.iter().map(|table| table.name).zip(self.counts).collect())
    }
}

async fn has_companies(client: &Client) -> Result<bool, StoreError> {
    Ok(client.query_one("select exists (select from public.companies)", &[]).await?.get(0))
}

/// Whether a migrated database has no company, so that a world can be loaded.
///
/// # Errors
///
/// [`StoreError`] when the database does not answer, or has no tables.
pub async fn is_empty(database: &Database) -> Result<bool, StoreError> {
    Ok(!has_companies(&database.client_as_owner().await?).await?)
}
