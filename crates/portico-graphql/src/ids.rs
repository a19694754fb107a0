//! Ids, as callers see them.

use async_graphql::ID;
use portico_core::id::{GlobalId, Tag};
use uuid::Uuid;

use crate::error::ApiError;

/// The id that callers get for a row.
pub(crate) fn global(tag: Tag, id: impl Into<Uuid>) -> ID {
    ID(GlobalId::new(tag, id.into()).to_string())
}

/// The id of what stands between two rows and has none of its own.
pub(crate) fn between(tag: Tag, one: Uuid, other: Uuid) -> ID {
    let digest = blake3::Hasher::new().update(one.as_bytes()).update(other.as_bytes()).finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest.as_bytes()[..16]);
    global(tag, Uuid::from_bytes(bytes))
}

/// Reads the id of something of one kind in the input of a mutation. An id of another kind names nothing, and is answered as
/// any other that does.
pub(crate) fn read_as<T: From<Uuid>>(id: &ID, argument: &str, tag: Tag) -> Result<T, ApiError> {
    Ok(read(id, argument)?.of_kind(tag).unwrap_or_default().into())
}

/// Reads the id in an argument.
pub(crate) fn read(id: &ID, argument: &str) -> Result<GlobalId, ApiError> {
    GlobalId::parse(id).map_err(|error| ApiError::bad_input(argument, error.to_string()))
}
