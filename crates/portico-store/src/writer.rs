//! Writes: the door that actions use.

use deadpool::managed::Object;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};

use crate::StoreError;
use crate::pool::{LoginManager, LoginPool};

/// The database as actions see it: its tables, as the login that may change them.
#[derive(Clone)]
pub struct Writer {
    pool: LoginPool,
    only_reads: bool,
}

impl Writer {
    pub(crate) fn new(pool: LoginPool) -> Self {
        Self { pool, only_reads: false }
    }

    /// The same for transactions in which PostgreSQL refuses to write.
    pub(crate) fn read_only(pool: LoginPool) -> Self {
        Self { pool, only_reads: true }
    }

    /// A connection for one action, which owns its transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] when none is to be had in time.
    pub async fn connection(&self) -> Result<WriterConnection, StoreError> {
        let mut connection = self.pool.get().await?;
        // Until it is handed back in order, whoever drops it may have left a transaction open.
        connection.is_busy = true;
        Ok(WriterConnection { connection, only_reads: self.only_reads })
    }
}

/// A connection that may write. One that is dropped without [`WriterConnection::hand_back`] is closed, and its
/// transaction with it.
pub struct WriterConnection {
    connection: Object<LoginManager>,
    only_reads: bool,
}

impl WriterConnection {
    /// diesel's connection.
    pub fn get(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection.connection
    }

    /// Runs an action as one transaction: all that it writes, or nothing if it fails. It reads there as well, since a pooler
    /// may give what stands outside to another server.
    ///
    /// # Errors
    ///
    /// The action's own, or that the database did not begin or commit.
    pub async fn transaction<T, E: From<StoreError>>(
        mut self,
        action: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, E>,
    ) -> Result<T, E> {
        self.begin().await?;
        let done = action(self.get()).await;
        match done {
            Ok(done) => self.commit().await.map(|()| done).map_err(E::from),
            Err(error) => {
                self.roll_back().await;
                Err(error)
            }
        }
    }

    /// Begins a transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not.
    pub async fn begin(&mut self) -> Result<(), StoreError> {
        let begin = if self.only_reads { "BEGIN READ ONLY" } else { "BEGIN" };
        Ok(AnsiTransactionManager::begin_transaction_sql(self.get(), begin).await?)
    }

    /// Ends the transaction, so that all that was written holds, and gives the connection back.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when the database does not, and nothing that was written holds.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        AnsiTransactionManager::commit_transaction(self.get()).await?;
        self.hand_back();
        Ok(())
    }

    /// Takes back all that was written, and gives the connection back.
    pub async fn roll_back(mut self) {
        // Whoever cannot even go back keeps the connection from being handed on.
        if AnsiTransactionManager::rollback_transaction(self.get()).await.is_ok() {
            self.hand_back();
        }
    }

    /// Gives the connection back for the next action.
    pub fn hand_back(mut self) {
        self.connection.is_busy = false;
    }
}
