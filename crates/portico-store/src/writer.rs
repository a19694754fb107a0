//! Writes: the door that actions use.

use deadpool::managed::Object;
use diesel_async::AsyncPgConnection;

use crate::StoreError;
use crate::pool::{LoginManager, LoginPool};

/// The database as actions see it: its tables, as the login that may change them.
#[derive(Clone)]
pub struct Writer {
    pool: LoginPool,
}

impl Writer {
    pub(crate) fn new(pool: LoginPool) -> Self {
        Self { pool }
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
        Ok(WriterConnection(connection))
    }
}

/// A connection that may write. One that is dropped without [`WriterConnection::hand_back`] is closed, and its
/// transaction with it.
pub struct WriterConnection(Object<LoginManager>);

impl WriterConnection {
    /// diesel's connection.
    pub fn get(&mut self) -> &mut AsyncPgConnection {
        &mut self.0.connection
    }

    /// Gives the connection back for the next action.
    pub fn hand_back(mut self) {
        self.0.is_busy = false;
    }
}
