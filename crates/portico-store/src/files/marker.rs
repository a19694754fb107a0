//! The store to which the rows of objects refer.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::StoreError;
use crate::schema::base::{file_objects, file_stores};

/// The id of the store; none before the first one is used.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn current_store(connection: &mut AsyncPgConnection) -> Result<Option<Uuid>, StoreError> {
    Ok(file_stores::table.select(file_stores::id).first(connection).await.optional()?)
}

/// Registers the first store.
///
/// # Errors
///
/// [`StoreError::Taken`] if there is one.
pub async fn set_current_store(connection: &mut AsyncPgConnection, id: Uuid) -> Result<(), StoreError> {
    let row = (file_stores::id.eq(id), file_stores::is_current.eq(true));
    diesel::insert_into(file_stores::table).values(row).execute(connection).await?;
    Ok(())
}

/// Whether any object is registered.
///
/// # Errors
///
/// [`StoreError`] if the query fails.
pub async fn has_objects(connection: &mut AsyncPgConnection) -> Result<bool, StoreError> {
    Ok(diesel::select(diesel::dsl::exists(file_objects::table.select(file_objects::id))).get_result(connection).await?)
}
