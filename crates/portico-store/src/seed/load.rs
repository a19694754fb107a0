//! Rows into the database, by `COPY`, in one transaction.

use std::io::Cursor;
use std::pin::pin;

use futures_util::SinkExt;
use tokio_postgres::Client;

use super::batch::Batch;
use super::tables::TABLES;
use crate::{Database, StoreError};

/// Others may read meanwhile, but two seeds take turns, and the second one finds that it comes too late. The owner's own
/// setting might cut off a statement that takes its time.
const BEGIN: &str = "begin; set local statement_timeout = 0; lock table public.companies in share row exclusive mode";

/// A choice refers to an option that is copied after it. Checked batch by batch, so that what remains to be checked does
/// not grow with the world.
const DEFER: &str = "set constraints all deferred";
const CHECK: &str = "set constraints all immediate";

/// A load that is under way. Unless it is finished nothing of it remains: the server rolls back when the connection goes,
/// however the process ended.
pub(super) struct Load {
    client: Client,
    rows: Vec<u64>,
}

impl Load {
    /// Begins, unless there are companies already; then there is none.
    pub(super) async fn begin(database: &Database) -> Result<Option<Self>, StoreError> {
        let client = database.client_as_owner().await?;
        client.batch_execute(BEGIN).await?;
        let row = client.query_one("select not exists (select from public.companies)", &[]).await?;
        let is_empty: bool = row.get(0);
        Ok(is_empty.then(|| Self { client, rows: vec![0; TABLES.len()] }))
    }

    pub(super) async fn copy(&mut self, batch: Batch) -> Result<(), StoreError> {
        self.client.batch_execute(DEFER).await?;
        for ((table, total), (rows, text)) in TABLES.iter().zip(&mut self.rows).zip(batch.into_tables()) {
            if rows == 0 {
                continue;
            }
            let sink = self.client.copy_in::<_, Cursor<Vec<u8>>>(&table.copy_statement()).await?;
            let mut sink = pin!(sink);
            sink.send(Cursor::new(text)).await?;
            *total += sink.finish().await?;
        }
        Ok(self.client.batch_execute(CHECK).await?)
    }

    /// How many rows have been copied so far.
    pub(super) fn rows(&self) -> u64 {
        self.rows.iter().sum()
    }

    /// Makes it last, and lets the planner know what there is. Answers each table's number of rows.
    pub(super) async fn finish(self) -> Result<Vec<(&'static str, u64)>, StoreError> {
        self.client.batch_execute("commit").await?;
        let names: Vec<String> = TABLES.iter().map(|table| format!("public.{}", table.name)).collect();
        self.client.batch_execute(&format!("analyze {}", names.join(", "))).await?;
        Ok(TABLES.iter().map(|table| table.name).zip(self.rows).collect())
    }
}
