//! Global IDs of the API.

use async_graphql::ID;
use portico_core::id::{GlobalId, Tag};
use uuid::Uuid;

use crate::error::ApiError;

/// The global ID of a row.
pub(crate) fn global(tag: Tag, id: impl Into<Uuid>) -> ID {
    ID(GlobalId::new(tag, id.into()).to_string())
}

/// The global ID of a relation between two rows, derived from their ids.
pub(crate) fn between(tag: Tag, one: Uuid, other: Uuid) -> ID {
    let digest = blake3::Hasher::new().update(one.as_bytes()).update(other.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    global(tag, Uuid::from_bytes(bytes))
}

/// Reads a global ID of one type in the input of a mutation. An ID of another type is answered like one that does not exist.
pub(crate) fn read_as<T: From<Uuid>>(id: &ID, argument: &str, tag: Tag) -> Result<T, ApiError> {
    Ok(read(id, argument)?.of_kind(tag).unwrap_or_default().into())
}

/// Reads the global ID in an argument.
pub(crate) fn read(id: &ID, argument: &str) -> Result<GlobalId, ApiError> {
    GlobalId::parse(id).map_err(|error| ApiError::bad_input(argument, error.to_string()))
}
