//! The cut: from the whole schema to what one grants may use.

mod checks;
mod narrow;
mod strip;

use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{Name, Schema};

use crate::reachable::reachable;
use crate::{Grants, WholeSchema};

pub(crate) use strip::strip;

/// Why no document came out. These are errors of the schema's makers, never of a caller.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RoleSchemaError {
    /// The text, or what was left of it, is no valid schema. One sentence each.
    #[error("the schema is not valid: {}", .0.join("; "))]
    Invalid(Vec<String>),
    /// These coordinates do not say who may use them.
    #[error("nobody said who may use: {}", .0.join(", "))]
    Unspoken(Vec<String>),
    /// What was taken away leaves these unusable. One sentence each, coordinate first.
    #[error("the cut leaves half of: {}", .0.join("; "))]
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

/// Cuts the schema for one grants, checks that what is left stands by itself, and prints it.
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

/// Reads the printed schema anew, so that what is checked is exactly what can be published.
pub(crate) fn validated(schema: &Schema) -> Result<Valid<Schema>, RoleSchemaError> {
    Schema::parse_and_validate(schema.to_string(), "document.graphql")
        .map_err(|failure| RoleSchemaError::invalid(&failure.errors))
}

/// A grants without a single mutation or subscription has no such root; one without a query has
/// no document.
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
