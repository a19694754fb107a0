//! Coordinates of outsiders' role schemas, read from those that admission uses, so that explanations cannot differ.

use std::sync::Arc;

use async_graphql::Context;
use portico_audience::RoleSchemas;
use portico_core::access::{Audience, PermissionSet, Role};
use portico_core::explain::{Verdict, verdict_of_document};

use crate::access::Rights;
use crate::error::ApiError;

/// Maximum length of a coordinate, in characters.
const MAX_COORDINATE: usize = 200;

/// Rejects a coordinate that the caller's own role schema lacks with the same message as an unknown one: its existence
/// is secret.
pub(super) fn refuse_unknown(ctx: &Context<'_>, coordinate: &str) -> Result<(), ApiError> {
    let is_known = coordinate.len() <= MAX_COORDINATE && has(ctx, *ctx.data_unchecked::<Rights>(), coordinate)?;
    if is_known {
        return Ok(());
    }
    Err(ApiError::bad_input("coordinate", "unknown coordinate; coordinates are like `Task.name`"))
}

/// Reason why a coordinate is not in an audience's role schema; `None` if it is.
pub(super) fn verdict_for(
    ctx: &Context<'_>,
    audience: Audience,
    coordinate: &str,
) -> Result<Option<Verdict>, ApiError> {
    let role = if audience == Audience::Trade { Role::Trade } else { Role::Client };
    if has(ctx, Rights::new(Some(role), PermissionSet::NONE), coordinate)? {
        return Ok(None);
    }
    let permissions = documents(ctx).whole().permissions_of(coordinate);
    let permissions: Vec<_> = permissions.into_iter().flatten().map(String::as_str).collect();
    Ok(Some(verdict_of_document(audience, coordinate, &permissions)))
}

/// Whether the role schema of these rights has a coordinate.
pub(crate) fn has(ctx: &Context<'_>, rights: Rights, coordinate: &str) -> Result<bool, ApiError> {
    let document = documents(ctx).get(&rights.grants()).map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(document.coordinates().contains(coordinate))
}

fn documents<'a>(ctx: &Context<'a>) -> &'a RoleSchemas {
    ctx.data_unchecked::<Arc<RoleSchemas>>()
}
