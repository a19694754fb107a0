//! Cuts a role schema from the whole schema.

mod checks;
mod narrow;
mod strip;

use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Name, Schema};

use crate::reachable::reachable;
use crate::{Grants, WholeSchema};

pub(crate) use strip::strip;

/// Why a schema could not be parsed or cut. Errors of the schema's authors, never of a caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleSchemaError {
    /// The schema, or the result of the cut, is not valid. One error each.
    #[error("the schema is not valid: {}", .0.join("; "))]
    Invalid(Vec<String>),
    /// Coordinates without an access rule.
    #[error("these coordinates have no access rule: {}", .0.join(", "))]
    MissingRules(Vec<String>),
    /// Coordinates that the cut made unusable. One error each, with the coordinate first.
    #[error("the role schema is inconsistent: {}", .0.join("; "))]
    Broken(Vec<String>),
}

impl RoleSchemaError {
    pub(crate) fn invalid(errors: &DiagnosticList) -> Self {
        Self::Invalid(
            errors
                .iter()
                .map(|diagnostic| match diagnostic.line_column_range() {
                    Some(range) => format!("{} (line {})", diagnostic.error, range.start.line),
                    None => diagnostic.error.to_string(),
                })
                .collect(),
        )
    }
}

/// Cuts the schema for these grants, checks that it is consistent, and prints it.
pub(crate) fn cut(whole: &WholeSchema, grants: &Grants) -> Result<Valid<Schema>, RoleSchemaError> {
    let mut schema = Schema::clone(&whole.schema);
    narrow::narrow(&mut schema, whole, grants);
    if grants.reads_only {
        schema.schema_definition.make_mut().mutation = None;
    }
    drop_empty_roots(&mut schema)?;
    let reached = reachable(&schema);
    schema.types.retain(|name, definition| definition.is_built_in() || reached.contains(name));
    let broken = checks::check(&whole.schema, &schema);
    if !broken.is_empty() {
        return Err(RoleSchemaError::Broken(broken));
    }
    strip(&mut schema);
    validated(&schema)
}

/// Parses the printed schema, so that the checked schema is exactly the published one.
pub(crate) fn validated(schema: &Schema) -> Result<Valid<Schema>, RoleSchemaError> {
    Schema::parse_and_validate(schema.to_string(), "document.graphql")
        .map_err(|failure| RoleSchemaError::invalid(&failure.errors))
}

/// Removes roots without fields. A role schema without a mutation or subscription has no such root; one without a query
/// is an error.
fn drop_empty_roots(schema: &mut Schema) -> Result<(), RoleSchemaError> {
    let types = &schema.types;
    let gone = |root: &Option<apollo_compiler::schema::ComponentName>| {
        root.as_ref().is_some_and(|root| !types.contains_key::<Name>(&root.name))
    };
    let definition = &schema.schema_definition;
    if gone(&definition.query) {
        return Err(RoleSchemaError::Broken(vec!["Query: no field of it is left".to_owned()]));
    }
    let (mutation, subscription) = (gone(&definition.mutation), gone(&definition.subscription));
    let definition = schema.schema_definition.make_mut();
    if mutation {
        definition.mutation = None;
    }
    if subscription {
        definition.subscription = None;
    }
    Ok(())
}
