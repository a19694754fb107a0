//! Ids, as callers see them.

use async_graphql::ID;
use portico_core::id::{GlobalId, Tag};
use uuid::Uuid;

use crate::error::ApiError;

/// The id that callers get for a row.
pub(crate) fn global(tag: Tag, id: impl Into<Uuid>) -> ID {
    ID(GlobalId::new(tag, id.into()).to_string())
}

/// Reads the id in an argument.
pub(crate) fn read(id: &ID, argument: &str) -> Result<GlobalId, ApiError> {
    GlobalId::parse(id).map_err(|error| ApiError::bad_input(argument, error.to_string()))
}
