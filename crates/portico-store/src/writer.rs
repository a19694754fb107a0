//! Write access for actions.

use std::fmt::Write as _;
use std::sync::Arc;

use deadpool::managed::Object;
use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};
use portico_core::id::{CompanyId, IdentityId};

use crate::StoreError;
use crate::pool::{LoginManager, LoginPool};

/// Write access to the tables, as one of the logins that write.
#[derive(Clone)]
pub struct Writer {
    pool: LoginPool,
    begin: Arc<str>,
}

impl Writer {
    pub(crate) fn new(pool: LoginPool) -> Self {
        Self { pool, begin: "BEGIN".into() }
    }

    /// The same with read-only transactions.
    pub(crate) fn read_only(pool: LoginPool) -> Self {
        Self { pool, begin: "BEGIN READ ONLY".into() }
    }

    /// The same for the rows of one company and the idempotency keys of one person, by row level security.
    pub(crate) fn scoped(pool: LoginPool, company: Option<CompanyId>, person: Option<IdentityId>) -> Self {
        let mut begin = "BEGIN".to_owned();
        // In the same round trip. The values are UUIDs, so they need no escape.
        if let Some(company) = company {
            let _ = write!(begin, "; SET LOCAL portico.company = '{}'", company.0);
        }
        if let Some(person) = person {
            let _ = write!(begin, "; SET LOCAL portico.person = '{}'", person.0);
        }
        Self { pool, begin: begin.into() }
    }

    /// A connection for one action, which controls its transaction.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`] if none is available in time.
    pub async fn connection(&self) -> Result<WriterConnection, StoreError> {
        let mut connection = self.pool.get().await?;
        // Until it is released: if it is dropped before, a transaction may be open.
        connection.is_busy = true;
        Ok(WriterConnection { connection, begin: Arc::clone(&self.begin) })
    }
}

/// A connection with write access. If dropped without [`WriterConnection::release`], it is closed with its
/// transaction.
pub struct WriterConnection {
    connection: Object<LoginManager>,
    begin: Arc<str>,
}

impl WriterConnection {
    /// diesel's connection.
    pub fn get(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection.connection
    }

    /// Runs an action in one transaction, which is rolled back if it fails. The action also reads in it, since a pooler
    /// may send statements outside the transaction to another server.
    ///
    /// # Errors
    ///
    /// The action's error, or [`StoreError`] if the transaction cannot begin or commit.
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
    /// [`StoreError`] if it fails.
    pub async fn begin(&mut self) -> Result<(), StoreError> {
        let begin = Arc::clone(&self.begin);
        Ok(AnsiTransactionManager::begin_transaction_sql(self.get(), &begin).await?)
    }

    /// Commits the transaction and releases the connection.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if it fails; then nothing is written.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        AnsiTransactionManager::commit_transaction(self.get()).await?;
        self.release();
        Ok(())
    }

    /// Rolls back the transaction and releases the connection.
    pub async fn roll_back(mut self) {
        // If the rollback fails, the connection stays busy and is not reused.
        if AnsiTransactionManager::rollback_transaction(self.get()).await.is_ok() {
            self.release();
        }
    }

    /// Releases the connection for the next action.
    pub fn release(mut self) {
        self.connection.is_busy = false;
    }
}
